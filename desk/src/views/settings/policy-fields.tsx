// A channel's promise: the target, whose clock counts it, how sure it must be, and what is offered where it takes too long.

import type { ChannelKind, Policy } from "../../types";
import { number, percent, say } from "../../words";
import { Switch } from "../bits";
import { Icon } from "../icons";
import { SpanField } from "./span-field";

const NEW = { clock: "opening", chance: 0.95, ceiling_seconds: null, instead: "mail", wording: "exact", computed: true, overridden: null } as const;

export const START: Record<ChannelKind, Policy> = {
  chat: { ...NEW, first_answer_seconds: 120, next_answer_seconds: 300 },
  mail: { ...NEW, first_answer_seconds: 900, next_answer_seconds: 7200, instead: "phone" },
  api: { ...NEW, first_answer_seconds: 3600, next_answer_seconds: 7200 },
};

const CHANCES = [0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99];
// A longest time to begin with: a good deal beyond the target, so that the other way stays the exception.
const CEILING_TIMES = 8;
const CEILING_SECONDS_MAX = 30 * 86_400;

interface ChoiceProps<T extends string> {
  label: string;
  of: readonly T[];
  value: T;
  words: (each: T) => string;
  change: (each: T) => void;
}

function Choice<T extends string>({ label, of, value, words, change }: ChoiceProps<T>) {
  return (
    <div class="policy-line">
      <span>{label}</span>
      <span class="choices" role="group" aria-label={label}>
        {of.map((each) => (
          <button key={each} type="button" class="choice" aria-pressed={each === value} onClick={() => change(each)}>
            {words(each)}
          </button>
        ))}
      </span>
    </div>
  );
}

interface Props {
  policy: Policy;
  change: (values: Partial<Policy>) => void;
}

function Targets({ policy, change }: Props) {
  return (
    <>
      <label class="policy-line">
        <span>{say("channel.first_answer")}</span>
        <SpanField label={say("channel.first_answer")} seconds={policy.first_answer_seconds} change={(first_answer_seconds) => change({ first_answer_seconds })} />
      </label>
      <label class="policy-line">
        <span>{say("channel.next_answer")}</span>
        <SpanField label={say("channel.next_answer")} seconds={policy.next_answer_seconds} change={(next_answer_seconds) => change({ next_answer_seconds })} />
      </label>
      <Choice label={say("channel.clock")} of={["opening", "always"] as const} value={policy.clock} words={(each) => say(`channel.clock_${each}`)} change={(clock) => change({ clock })} />
    </>
  );
}

function HowSure({ policy, change }: Props) {
  const chances = [...new Set([...CHANCES, policy.chance])].sort();
  return (
    <label class="policy-line">
      <span>{say("channel.chance")}</span>
      <select value={policy.chance} onChange={(event) => change({ chance: Number(event.currentTarget.value) })}>
        {chances.map((each) => (
          <option key={each} value={each}>
            {say("channel.kept_of_100", { times: number(each * 100, { maximumFractionDigits: 1 }) })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Ceiling({ policy, change }: Props) {
  const longest = Math.max(policy.first_answer_seconds, policy.next_answer_seconds);
  const set = (on: boolean) => change({ ceiling_seconds: on ? Math.min(CEILING_SECONDS_MAX, longest * CEILING_TIMES) : null });
  return (
    <>
      <Switch on={policy.ceiling_seconds !== null} label={say("channel.ceiling")} change={set} />
      {policy.ceiling_seconds !== null && (
        <>
          <label class="policy-line">
            <span>{say("channel.ceiling_seconds")}</span>
            <SpanField label={say("channel.ceiling_seconds")} seconds={policy.ceiling_seconds} change={(ceiling_seconds) => change({ ceiling_seconds })} />
          </label>
          <Choice label={say("channel.instead")} of={["mail", "phone"] as const} value={policy.instead} words={(each) => say(`channel.instead_${each}`)} change={(instead) => change({ instead })} />
        </>
      )}
    </>
  );
}

export function PolicyFields({ policy, kind, change }: { policy: Policy | null; kind: ChannelKind; change: (policy: Policy | null) => void }) {
  if (!policy)
    return (
      <button type="button" class="button" onClick={() => change(START[kind])}>
        <Icon name="plus" />
        {say("channel.add_promise")}
      </button>
    );
  const put = (values: Partial<Policy>) => change({ ...policy, ...values });
  return (
    <div class="promise-fields">
      <Targets policy={policy} change={put} />
      <Switch on={policy.computed} label={say("channel.computed")} change={(computed) => put({ computed })} />
      <p class="quiet">{say(policy.computed ? "channel.computed_words" : "channel.rule_words", { chance: percent(policy.chance) })}</p>
      {policy.computed && (
        <>
          <HowSure policy={policy} change={put} />
          <Choice label={say("channel.wording")} of={["exact", "within", "window"] as const} value={policy.wording} words={(each) => say(`channel.wording_${each}`)} change={(wording) => put({ wording })} />
          <Ceiling policy={policy} change={put} />
        </>
      )}
      {policy.overridden && (
        <p class="overridden">
          <Icon name="alert" /> {say("channel.overridden", { reason: policy.overridden })}
        </p>
      )}
      <button type="button" class="link" onClick={() => change(null)}>
        {say("channel.no_promise")}
      </button>
    </div>
  );
}
