// When there are people: around the clock or by the week, with holidays and with days that are unlike the others. The
// same fields for the brand and for a channel that has hours of its own.

import { useState } from "preact/hooks";
import { call } from "../../api";
import { useLive } from "../../live";
import { sent } from "../../rosters";
import type { Hours } from "../../types";
import { say } from "../../words";
import { Switch } from "../bits";
import { Field, FormFoot, Group, type Trouble, useForm } from "../form";
import { ZoneChoice } from "../zones";
import { Holidays } from "./holidays";
import { SpecialDays } from "./special-days";
import { Week } from "./week";

export function HoursFields({ hours, change, trouble }: { hours: Hours; change: (hours: Hours) => void; trouble: Trouble | null }) {
  const put = (values: Partial<Hours>) => change({ ...hours, ...values });
  return (
    <>
      <Field name="zone" label={say("brand.zone")} trouble={trouble}>
        <ZoneChoice name="zone" value={hours.zone} change={(zone) => put({ zone })} />
      </Field>
      <Switch on={hours.always_open === true} label={say("hours.always")} change={(always_open) => put({ always_open })} />
      {!hours.always_open && (
        <>
          <Week week={hours.week ?? {}} change={(week) => put({ week })} />
          <Group name="holidays" label={say("hours.holidays")}>
            <Holidays days={hours.holidays ?? []} change={(holidays) => put({ holidays })} />
          </Group>
          <Group name="special_days" label={say("hours.special")} hint={say("hours.special_words")}>
            <SpecialDays days={hours.special_days ?? {}} change={(special_days) => put({ special_days })} />
          </Group>
        </>
      )}
    </>
  );
}

export function HoursSettings() {
  const brand = useLive((state) => state.brand);
  const [hours, setHours] = useState<Hours>(brand?.hours ?? { zone: "UTC" });
  const form = useForm(() => call("PUT", "/brand/hours", { body: sent(hours) }));
  const change = (next: Hours) => {
    form.touch();
    setHours(next);
  };
  return (
    <form class="card form" onSubmit={form.submit}>
      <HoursFields hours={hours} change={change} trouble={form.trouble} />
      <FormFoot form={form} fields={["zone"]} />
    </form>
  );
}
