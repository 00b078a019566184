// A button and, once it was pressed, an iframe: all that a page which embeds the chat has to load.
//
//   <script src="https://desk.example.org/loader.js" data-brand="demo" data-channel="chat" async></script>
//
// Rule: only messages of our own frame, from our own origin, are heard, and nothing is ever posted to '*'.
// Optional: data-language, data-label, data-colour, data-identity (a signed token, read anew each time the window asks).
{
  const script = document.currentScript as HTMLScriptElement;
  const given = script.dataset;
  const language = given.language || navigator.language;
  const address = new URL(`/chat/${given.brand}/${given.channel || "chat"}`, script.src);
  const labels: Record<string, string> = {
    kk: "Чат",
    cy: "Sgwrsio",
    hi: "चैट",
    ar: "محادثة",
  };
  const label = given.label || labels[language.slice(0, 2)] || "Chat";
  const colour = given.colour || "#0f766e";
  const button = document.createElement("button");
  let frame: HTMLIFrameElement | undefined;
  let open = false;

  const place =
    "position:fixed;z-index:2147483000;inset-block-end:max(16px,env(safe-area-inset-bottom));inset-inline-end:16px;border:0;";
  const shadow = "box-shadow:0 4px 24px rgb(0 0 0/.2);";

  const remember = () => {
    try {
      sessionStorage.setItem("waada", open ? "1" : "");
    } catch {
      // Storage may be forbidden; then the window just does not open by itself on the next page.
    }
  };

  const show = (wanted: boolean) => {
    open = wanted;
    if (!frame) {
      address.search = new URLSearchParams({ lang: given.language || "", origin: location.origin }).toString();
      frame = document.createElement("iframe");
      frame.title = label;
      frame.allow = "clipboard-write";
      frame.src = address.href;
      frame.style.cssText = `${place}${shadow}width:min(400px,100vw - 32px);height:min(660px,100dvh - 32px);border-radius:16px;color-scheme:normal;background:0 0`;
      document.body.append(frame);
    }
    // Not the attribute `hidden`: a style sheet of the page could show it again.
    frame.style.display = open ? "" : "none";
    button.style.display = open ? "none" : "";
    tell();
    (open ? frame : button).focus();
    remember();
  };

  const tell = () =>
    frame?.contentWindow?.postMessage({ open, identity: given.identity, page: location.href }, address.origin);

  addEventListener("message", (event) => {
    if (!frame || event.origin !== address.origin || event.source !== frame.contentWindow) return;
    const { kind, unread } = event.data;
    if (kind === "ready") tell();
    if (kind === "close") show(false);
    if (kind === "unread") button.textContent = unread ? `${label} (${unread})` : label;
  });

  button.type = "button";
  button.textContent = label;
  button.lang = language;
  button.style.cssText = `${place}${shadow}padding:14px 22px;border-radius:999px;background:${colour};color:#fff;font:600 16px/1.25 system-ui,sans-serif;cursor:pointer`;
  button.onclick = () => show(true);
  const begin = () => {
    document.body.append(button);
    try {
      if (sessionStorage.getItem("waada")) show(true);
    } catch {
      // As above.
    }
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
}
