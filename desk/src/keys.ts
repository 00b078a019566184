// The name of a pressed key. Letters count by their place when the layout is not Latin, so that j and k work in Kazakh,
// Hindi and Arabic, too. Pure.

export function keyOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  let key = event.key;
  const latin = /^Key([A-Z])$/.exec(event.code);
  if (key.length === 1 && latin?.[1] && !/^[a-z]$/i.test(key) && (key.charCodeAt(0) > 127 || event.altKey)) key = latin[1].toLowerCase();
  const letter = /^[a-z]$/i.test(key);
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (letter || key.length > 1)) parts.push("Shift");
  if (letter) key = event.shiftKey && !event.ctrlKey && !event.metaKey ? key.toUpperCase() : key.toLowerCase();
  return [...parts, key].join("+");
}
