// One message: whose it is can be seen before reading; quotes are folded, files are at hand, trouble on the way is said.

import type { Attachment, Message } from "../types";
import { attachmentAddress } from "../api";
import type { Item } from "../thread";
import { number, say, sayOne } from "../words";
import { Face, Moment, usePersonName } from "./bits";
import { Icon } from "./icons";
import { MailHtml } from "./mail-html";
import { Text } from "./text";
import { NotSentYet } from "./unsent";

export function size(bytes: number): string {
  const unit = bytes >= 1_000_000 ? "megabyte" : "kilobyte";
  const value = bytes >= 1_000_000 ? bytes / 1_000_000 : Math.max(1, bytes / 1000);
  return number(value, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 });
}

function File({ file }: { file: Attachment }) {
  const address = attachmentAddress(file);
  const picture = /^image\/(png|jpe?g|gif|webp)$/.test(file.media_type);
  return (
    <a class={picture ? "file file-picture" : "file"} href={address} target="_blank" rel="noopener">
      {picture ? <img src={address} alt="" loading="lazy" /> : <Icon name="clip" />}
      <bdi>{file.name}</bdi> <span class="quiet">{size(file.size)}</span>
    </a>
  );
}

function Body({ message }: { message: Message }) {
  return (
    <>
      {message.html ? <MailHtml html={message.html} text={message.text} /> : <Text text={message.text} />}
      {message.folded && (
        <details class="folded">
          <summary>{say("message.folded")}</summary>
          <Text text={message.folded} />
        </details>
      )}
      {message.attachments.length > 0 && (
        <div class="files">
          {message.attachments.map((file) => (
            <File key={file.blob} file={file} />
          ))}
        </div>
      )}
    </>
  );
}

type Said = Extract<Item, { kind: "said" }>;
type Told = Extract<Item, { kind: "told" }>;

function Fate({ item }: { item: Said | Told }) {
  if (item.withdrawn) return <span class="fate fate-bad">{say("message.withdrawn")}</span>;
  const { delivery } = item;
  if (delivery && delivery.status !== "sent")
    return (
      <span class="fate fate-bad" title={delivery.detail ?? ""}>
        <Icon name="alert" />
        {sayOne("delivery", delivery.status)} {delivery.detail}
      </span>
    );
  if (item.kind === "said" && item.seen) return <span class="fate">{say("message.seen")}</span>;
  return delivery ? <span class="fate">{say("delivery.sent")}</span> : <NotSentYet message={item.id} />;
}

export function MessageView({ item, customer }: { item: Said; customer: string | null }) {
  const nameOf = usePersonName();
  const author =
    item.who === "customer" ? (customer ?? say("customer.unnamed"))
    : item.who === "bot" ? say("message.bot")
    : item.who === "machine" ? say("message.machine")
    : item.person ? nameOf(item.person) : (item.author ?? say("person.former"));
  return (
    <article class={`said said-${item.who}${item.withdrawn ? " said-withdrawn" : ""}`}>
      <header>
        {item.who === "bot" || item.who === "machine" ? <Icon name="bot" /> : <Face name={item.who === "person" && item.author ? item.author : author} small />}
        <b>
          <bdi>{author}</bdi>
        </b>
        <Moment at={item.at} />
        <Fate item={item} />
      </header>
      <div class="said-body">
        <Body message={item.message} />
      </div>
    </article>
  );
}

export function ToldView({ item }: { item: Told }) {
  return (
    <article class={`told${item.withdrawn ? " said-withdrawn" : ""}`}>
      <header>
        <Icon name="tell" />
        <b>{sayOne("told", item.why)}</b>
        <Moment at={item.at} />
        <Fate item={item} />
      </header>
      <Text text={item.text} />
    </article>
  );
}

export function NoteView({ item }: { item: Extract<Item, { kind: "note" }> }) {
  const nameOf = usePersonName();
  return (
    <article class="note">
      <header>
        <Icon name="note" />
        <b>{item.person ? nameOf(item.person) : say("person.former")}</b>
        <span class="quiet">{say("note.label")}</span>
        <Moment at={item.at} />
      </header>
      <Text text={item.text} names />
    </article>
  );
}

export function PendingView({ text }: { text: string }) {
  return (
    <article class="said said-person said-pending" aria-busy="true">
      <header>
        <b>{say("person.you")}</b>
        <span class="quiet">{say("message.sending")}</span>
      </header>
      <div class="said-body">
        <Text text={text} />
      </div>
    </article>
  );
}
