// A mail's own layout, in a frame that can run nothing and fetch nothing: the server cleaned it, the sandbox makes sure.
// Pictures from afar tell the sender that the mail was read, so they come only when somebody asks.

import { useRef, useState } from "preact/hooks";
import { say } from "../words";
import { Icon } from "./icons";
import { Text } from "./text";

const HEIGHT_MAX = 4000;

/** The cleaned mail as a page of its own; remote addresses wait in data-src. */
function page(html: string, images: boolean): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:${images ? " https:" : ""}`;
  const body = images ? html.replace(/<img([^>]*?)\sdata-src=/gi, "<img$1 referrerpolicy=no-referrer src=") : html;
  return `<!doctype html><html dir="auto"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"></head><body>${body}</body></html>`;
}

const STYLE =
  "body{margin:0;padding:8px;display:flow-root;font:15px/1.5 system-ui,sans-serif;color:#1c2321;overflow-wrap:anywhere}img{max-width:100%;height:auto}img[data-src]{display:none}table{max-width:100%}a{color:#0b5c55}blockquote{margin:0;padding-inline-start:.8em;border-inline-start:3px solid #cfd8d5;color:#55605c}";

/** The desk allows no style element anywhere; a sheet made by script is its own and may dress the frame. */
function dress(frame: HTMLIFrameElement): void {
  const page = frame.contentDocument;
  const inside = frame.contentWindow as (Window & { CSSStyleSheet: typeof CSSStyleSheet }) | null;
  if (!page || !inside) return;
  const sheet = new inside.CSSStyleSheet();
  sheet.replaceSync(STYLE);
  page.adoptedStyleSheets = [sheet];
}

export function MailHtml({ html, text }: { html: string; text: string }) {
  const [plain, setPlain] = useState(false);
  const [images, setImages] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  const remote = /\sdata-src=/i.test(html);
  const fit = () => {
    const inner = frame.current?.contentDocument?.documentElement;
    if (frame.current && inner) frame.current.style.blockSize = `${Math.min(HEIGHT_MAX, inner.scrollHeight + 2)}px`;
  };
  return (
    <div class="mail">
      {plain ? (
        <Text text={text} />
      ) : (
        <iframe
          ref={frame}
          title={say("mail.frame")}
          // Same origin only so that its height can be read; without scripts it can do nothing with it.
          sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
          srcDoc={page(html, images)}
          onLoad={() => {
            if (frame.current) dress(frame.current);
            fit();
            setTimeout(fit, 400);
          }}
        />
      )}
      <p class="mail-tools">
        {remote && !images && !plain && (
          <button type="button" class="link" onClick={() => setImages(true)}>
            <Icon name="image" />
            {say("mail.images")}
          </button>
        )}
        <button type="button" class="link" onClick={() => setPlain(!plain)}>
          {plain ? say("mail.show_html") : say("mail.show_text")}
        </button>
      </p>
    </div>
  );
}
