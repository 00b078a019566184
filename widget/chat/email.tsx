// An address for later: offered once the customer has written, above all when nobody is there.

import type { Session } from "./session";
import type { Voice } from "./words";

export function EmailForLater({ session, voice }: { session: Session; voice: Voice }) {
  const { state } = session;
  const { say } = voice;
  if (!state.facts.some((each) => each.what === "customer")) return null;
  if (state.email) return state.promise ? <p class="later">{say("chat.email_saved", { address: state.email })}</p> : null;
  if (!state.promise) return null;
  return (
    <form
      class="later"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const email = (document.getElementById("email") as HTMLInputElement).value.trim();
        if (/^[^\s@]+@[^\s@]+$/.test(email)) session.leaveAddress(email);
        else session.notice(say("error.email_invalid"), true);
      }}
    >
      <label for="email">{say("chat.leave_email")}</label>
      <div class="row">
        <input id="email" type="email" autocomplete="email" dir="ltr" required placeholder="name@example.com" />
        <button class="plain">{say("chat.email_save")}</button>
      </div>
    </form>
  );
}
