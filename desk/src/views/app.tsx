// Which screen is shown: the gate before the desk, or the desk with its rail, its list and what is open.

import { useLive } from "../live";
import { say } from "../words";
import { Empty, Skeleton } from "./bits";
import { CloseDialog } from "./close-dialog";
import { Conversation } from "./conversation";
import { FirstRun } from "./first-run";
import { Failed, Invited, SignIn } from "./gate";
import { Guide, useSteps } from "./guide";
import { AssignDialog, TransferDialog } from "./hand-over";
import { Letters } from "./letters";
import { NewTime } from "./new-time";
import { ConnectionNotice, Toasts } from "./notices";
import { Palette } from "./palette";
import { Play } from "./play";
import { Promises } from "./promises/promises";
import { Queue } from "./queue";
import { Rail } from "./rail";
import { Settings } from "./settings/settings";
import { Shortcuts } from "./shortcuts";
import { Standards } from "./standards/standards";
import { UnsentNotice } from "./unsent";
import { Wall } from "./wall";

function Dialogs() {
  const dialog = useLive((state) => state.dialog);
  switch (dialog?.kind) {
    case "renegotiate":
    case "snooze":
      return <NewTime key={dialog.kind} kind={dialog.kind} id={dialog.conversation} />;
    case "assign":
      return <AssignDialog id={dialog.conversation} />;
    case "transfer":
      return <TransferDialog id={dialog.conversation} />;
    case "close":
      return <CloseDialog id={dialog.conversation} />;
    case "palette":
      return <Palette {...(dialog.text ? { text: dialog.text } : {})} />;
    case "shortcuts":
      return <Shortcuts />;
    case "play":
      return <Play />;
    default:
      return null;
  }
}

function NothingOpen() {
  const steps = useSteps();
  const owner = useLive((state) => state.me?.role === "owner");
  if (owner && steps.some((each) => !each.done && each.name !== "invite" && each.name !== "widget")) return <Guide />;
  return (
    <main class="talk talk-none">
      <Empty icon="inbox" title={say("empty.talk")}>
        {say("empty.talk_words")}
      </Empty>
    </main>
  );
}

function Screen() {
  const route = useLive((state) => state.route);
  if (route.screen === "wall") return <Wall />;
  if (route.screen === "promises") return <Promises asked={route.asked} />;
  if (route.screen === "standards") return <Standards />;
  if (route.screen === "guide") return <Guide />;
  if (route.screen === "settings") return <Settings page={route.page} />;
  if (route.view === "letters") return <Letters />;
  return (
    <>
      <Queue key={route.view} view={route.view} />
      {route.conversation ? <Conversation key={route.conversation} id={route.conversation} /> : <NothingOpen />}
    </>
  );
}

function Desk() {
  const route = useLive((state) => state.route);
  const open = route.screen === "queue" && route.conversation !== null;
  return (
    <div class={`desk desk-${route.screen}${open ? " desk-talk" : ""}`}>
      <Rail />
      <div class="desk-main">
        <ConnectionNotice />
        <UnsentNotice />
        <div class="desk-screen">
          <Screen />
        </div>
      </div>
      <Toasts />
      <Dialogs />
    </div>
  );
}

export function App({ begin, invitation }: { begin: () => Promise<void>; invitation: string | null }) {
  const phase = useLive((state) => state.phase);
  // Another language draws everything anew.
  const language = useLive((state) => state.preferences.language);
  switch (phase) {
    case "starting":
      return (
        <main class="starting">
          <Skeleton lines={6} />
        </main>
      );
    case "signed_out":
      return <SignIn key={language} begin={begin} />;
    case "first_run":
      return <FirstRun key={language} begin={begin} />;
    case "invited":
      return <Invited key={language} token={invitation ?? ""} begin={begin} />;
    case "failed":
      return <Failed begin={begin} />;
    default:
      return <Desk key={language} />;
  }
}
