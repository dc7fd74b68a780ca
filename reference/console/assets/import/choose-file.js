/** Where a file is dropped, chosen or pasted. */
import { consoleApi } from "../api.js";
import { h } from "../dom.js";
import { button } from "../elements/button.js";
import { dialog } from "../elements/dialog.js";
import { field, form } from "../elements/form.js";
import { toastErrors } from "../elements/toast.js";

const maxFileMiB = 64;

function upload(file, name) {
  if (file.size > maxFileMiB * 1024 * 1024)
    throw new Error(
      `The file is larger than ${maxFileMiB} MiB: \`onsync import contacts FILE\` takes one of any size.`,
    );
  return consoleApi.upload("import", { name: name || "contacts" }, file);
}

function openPasteForm(act) {
  const text = h("textarea", {
    name: "text",
    rows: "9",
    dir: "auto",
    spellcheck: "false",
    placeholder: "First Name,Mobile\nSara,+971500000000",
  });
  dialog("Paste rows", (close) =>
    form(
      async () => {
        if (text.value.trim() === "")
          throw new Error("Paste rows first: a line of column names, then a line for each.");
        await act(() => upload(new Blob([text.value]), "pasted.csv"));
        close();
      },
      { label: "Look at the plan" },
      field(
        "Rows",
        text,
        "With the names of the columns in the first line, as copied from a spreadsheet; or one JSON object a line.",
      ),
    ),
  );
}

function fileInput(take) {
  const input = h("input", {
    type: "file",
    class: "visually-hidden",
    tabindex: "-1",
    "aria-hidden": "true",
    accept: ".csv,.tsv,.txt,.ndjson,.jsonl,.json,.parquet",
    on: {
      change: async () => {
        const [file] = input.files;
        if (file) await take(file);
        // The same one may be chosen again.
        input.value = "";
      },
    },
  });
  return input;
}

function takeDroppedFiles(zone, take) {
  const mark = (over) => zone.classList.toggle("over", over);
  for (const type of ["dragenter", "dragover"])
    zone.addEventListener(type, (event) => {
      event.preventDefault();
      mark(true);
    });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) mark(false);
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  });
}

/** @param act does what is given, and shows what there is then */
export function createFileChoice(act) {
  const take = (file) => toastErrors(() => act(() => upload(file, file.name)));
  const input = fileInput(take);
  const zone = h(
    "div",
    { class: "drop" },
    h("p", { class: "drop-title" }, "Drop a file of contacts here"),
    h("p", { class: "soft" }, `CSV, NDJSON or Parquet, up to ${maxFileMiB} MiB`),
    h(
      "div",
      { class: "buttons" },
      button("Choose a file", () => input.click(), { kind: "primary" }),
      button("Paste rows", () => openPasteForm(act)),
    ),
    input,
  );
  takeDroppedFiles(zone, take);
  return {
    element: h(
      "div",
      { class: "import-stage" },
      h(
        "p",
        { class: "intro" },
        "Contacts from a CRM or a spreadsheet. You see what would happen before anything is sent: which column is what, which rows are not right, and when it would be done.",
      ),
      zone,
      h(
        "p",
        { class: "soft" },
        "The same as ",
        h("code", {}, "onsync import contacts FILE"),
        ", on this API. The file stays on this machine, and is removed with the import or when the server stops.",
      ),
    ),
    draw: () => {},
    announcement: () => "",
  };
}
