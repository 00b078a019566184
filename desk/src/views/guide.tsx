// What a new brand still needs before it can answer its first customer, step by step, each ticked off by the facts.

import { useLive } from "../live";
import { href, type Route } from "../route";
import { say } from "../words";
import { Icon } from "./icons";

interface Step {
  name: string;
  done: boolean;
  to: Route;
}

export function useSteps(): Step[] {
  const brand = useLive((state) => state.brand);
  const rows = useLive((state) => state.rows);
  if (!brand) return [];
  const open = brand.hours.always_open || Object.keys(brand.hours.week ?? {}).length > 0;
  return [
    { name: "hours", done: Boolean(open), to: { screen: "settings", page: "hours" } },
    { name: "channel", done: brand.channels.some((each) => each.live), to: { screen: "settings", page: "channels" } },
    { name: "invite", done: brand.people.filter((each) => !each.removed).length > 1, to: { screen: "settings", page: "people" } },
    { name: "widget", done: rows.size > 0, to: { screen: "settings", page: "widget" } },
  ];
}

export function Guide() {
  const brand = useLive((state) => state.brand);
  const steps = useSteps();
  const next = steps.find((each) => !each.done);
  return (
    <main class="page guide">
      <header class="page-head">
        <h1>{say("guide.title", { brand: brand?.name ?? "" })}</h1>
      </header>
      <p>{say("guide.words")}</p>
      <ol class="steps">
        {steps.map((step, index) => (
          <li key={step.name} class={step.done ? "step step-done" : "step"}>
            <span class="step-sign">{step.done ? <Icon name="check" /> : index + 1}</span>
            <div>
              <h2>{say(`guide.${step.name}`)}</h2>
              <p class="quiet">{say(`guide.${step.name}_words`)}</p>
            </div>
            <a class={step === next ? "button button-main" : "button"} href={href(step.to)}>
              {step.done ? say("guide.look") : say("guide.do")}
            </a>
          </li>
        ))}
        <li class="step">
          <span class="step-sign">{steps.length + 1}</span>
          <div>
            <h2>{say("guide.try")}</h2>
            <p class="quiet">{say("guide.try_words")}</p>
          </div>
          <a class={next ? "button" : "button button-main"} href={`/contact/${brand?.slug ?? ""}`} target="_blank" rel="noopener">
            {say("guide.try_do")}
          </a>
        </li>
      </ol>
    </main>
  );
}
