// Talks with the page around the frame: only with the origin that our own loader named, and only with our parent.

export interface Told {
  open: boolean;
  identity?: string;
  page?: string;
}

/** Returns how to tell the page something; does nothing when the window stands alone, without a page around it. */
export function parent(hear: (told: Told) => void): (words: object) => void {
  const origin = new URLSearchParams(location.search).get("origin");
  if (window.parent === window || !origin || !/^https?:\/\/[^/]+$/.test(origin)) return () => undefined;
  addEventListener("message", (event) => {
    if (event.origin === origin && event.source === window.parent) hear(event.data as Told);
  });
  return (words) => window.parent.postMessage(words, origin);
}
