// How a mail channel stands: what came in, what became of it, and a count of the mailbox against the store on demand, so
// that nobody has to believe that nothing was lost.

import { useEffect, useState } from "preact/hooks";
import { call } from "../../api";
import { say } from "../../words";
import { attempt } from "../../work";

interface Status {
  channel: string;
  mailbox: { trouble?: string | null } | null;
  conversations: number;
  letters: number;
  duplicates: number;
  waiting: number;
  failed: number;
}

interface Counted {
  in_mailbox: number;
  stored: number;
  missing: number;
  fetched: number;
}

export function Mailbox({ channel }: { channel: string }) {
  const [status, setStatus] = useState<Status | null>(null);
  const [counted, setCounted] = useState<Counted | null>(null);
  useEffect(() => {
    call<{ items: Status[] }>("GET", "/mailboxes").then(
      ({ items }) => setStatus(items.find((each) => each.channel === channel) ?? null),
      () => setStatus(null),
    );
  }, [channel, counted]);
  const count = () => attempt(async () => setCounted(await call<Counted>("POST", `/mailboxes/${encodeURIComponent(channel)}/reconcile`, { body: {} })));
  if (!status) return null;
  const { conversations, letters, duplicates, waiting, failed } = status;
  return (
    <div class="mailbox">
      <p>{say("mailbox.figures", { conversations, letters, duplicates, waiting, failed })}</p>
      {status.mailbox?.trouble && (
        <p class="field-trouble" dir="auto">
          {status.mailbox.trouble}
        </p>
      )}
      {counted && (
        <p role="status">
          {say("mailbox.counted", { in_mailbox: counted.in_mailbox, stored: counted.stored, missing: counted.missing, fetched: counted.fetched })}
        </p>
      )}
      {status.mailbox && (
        <button type="button" class="button" onClick={() => void count()}>
          {say("mailbox.count")}
        </button>
      )}
    </div>
  );
}
