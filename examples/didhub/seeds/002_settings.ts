import { defineSeed } from "plinth/seed";
import { settings } from "../src/schema/administration.ts";
import { defaultSettings } from "../src/settings.ts";

/** What may be set, with its defaults. A setting that was changed stays as it is. */
export default defineSeed(async (tx) => {
  await tx
    .insert(settings)
    .values([
      {
        key: "registration.approval",
        value: defaultSettings["registration.approval"],
        description: "Whether an administrator lets accounts in: required, or none",
      },
      {
        key: "uploads.max_bytes",
        value: defaultSettings["uploads.max_bytes"],
        description: "The largest file that is taken, in bytes",
      },
      {
        key: "audit.keep_days",
        value: defaultSettings["audit.keep_days"],
        description: "For how many days the audit log is kept",
      },
    ])
    .onConflict(settings.key)
    .ignore();
});
