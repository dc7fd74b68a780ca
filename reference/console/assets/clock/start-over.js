/** Everything back to how it was when the reference started. */
import { controlApi } from "../api.js";
import { h } from "../dom.js";
import { button } from "../elements/button.js";
import { askToConfirm } from "../elements/dialog.js";
import { toast, toastErrors } from "../elements/toast.js";

async function startOver() {
  const sure = await askToConfirm(
    "Start over?",
    [
      "This is lost, in the data file too: contacts, conversations and messages, templates, webhook endpoints and their deliveries, the keys and orgs that were made, faults and the behaviour, and the log of requests. The clock goes back to real time.",
      "What the reference was started with comes back: the default org, its key, and the made-up story if it began with one. It cannot be undone.",
    ],
    "Start over",
  );
  if (!sure) return;
  await toastErrors(async () => {
    await controlApi.post("reset");
    toast("Everything is as it was at the start.");
  });
}

export function createStartOverPanel() {
  return h(
    "section",
    { "aria-labelledby": "start-over-title" },
    h("h2", { id: "start-over-title" }, "Start over"),
    h(
      "p",
      { class: "soft" },
      "Puts everything back to how it was when the reference started. You are told what is lost before it is.",
    ),
    h("div", { class: "buttons" }, button("Start over…", startOver, { kind: "danger" })),
  );
}
