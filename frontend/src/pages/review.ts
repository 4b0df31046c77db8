// A review's page: a chosen point goes into the comment's form, a thread shows its pin, a design is sent.
import { markPressedPins, markThread, showQuotedView } from "../threads";
import { takeCommentFiles } from "./comment-files";

interface ChosenPoint {
  record: string;
  version?: number;
  [part: string]: unknown;
}

const form = document.querySelector<HTMLFormElement>("#new-thread");

// A page that answers a refused form has the form's address: to load it again would send that again.
const here = document.querySelector<HTMLElement>(".talk")?.dataset["here"];
if (here) history.replaceState(null, "", here);

/** Fill the hidden fields; the server checks every number again. */
function usePoint(point: ChosenPoint | null): void {
  if (!form) return;
  const { record = "", version: _version, ...pin } = point ?? { record: "" };
  field("record").value = record;
  field("pin").value = point ? JSON.stringify(pin) : "";
  form.querySelector<HTMLElement>(".pin-note")?.toggleAttribute("hidden", point === null);
  if (point) form.querySelector("textarea")?.focus();
}

function field(name: string): HTMLInputElement {
  return form?.elements.namedItem(name) as HTMLInputElement;
}

document.addEventListener("arcada:pin", (event) => usePoint((event as CustomEvent<ChosenPoint>).detail));
markPressedPins();
document.addEventListener("click", (event) => {
  const target = (event.target as Element | null)?.closest<HTMLElement>("[data-show-thread],[data-act],[data-show-view],[data-mention]");
  if (!target) return;
  const name = target.dataset["mention"];
  showQuotedView(target);
  if (name) mention(name);
  const thread = target.dataset["showThread"];
  if (thread) {
    markThread(thread);
    document.dispatchEvent(new CustomEvent("arcada:show-thread", { detail: { id: thread } }));
  } else if (target.dataset["act"] === "forget-point") {
    usePoint(null);
    document.dispatchEvent(new CustomEvent("arcada:pin-cancelled"));
  } else if (target.dataset["act"] === "send-design") {
    // Only this one act needs the upload library.
    void import("./send-design").then(({ sendDesign }) => sendDesign(target));
  }
});

takeCommentFiles();

// Where people of a case number teeth differently, a bare number is asked about. The words come only when they are needed.
const scene = JSON.parse(document.getElementById("manifest")?.textContent ?? "{}") as { notations?: string[] };
if (scene.notations?.some((notation) => notation === "universal")) {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const text = form.querySelector<HTMLTextAreaElement | HTMLInputElement>("[name=text]")?.value ?? "";
    if (!/\d/.test(text) || form.dataset["checked"] === text) return;
    event.preventDefault();
    void import("./ask-tooth").then(({ asksForTeeth }) => {
      if (asksForTeeth(form)) return;
      form.dataset["checked"] = text;
      form.requestSubmit();
    });
  });
}

// A quoted view: the viewer gives it when the box is ticked, so what one sees then is what others are shown.
const stage = document.querySelector(".stage .scene");
for (const label of document.querySelectorAll<HTMLElement>(".quote-view")) label.hidden = stage === null;
document.addEventListener("change", (event) => {
  const box = (event.target as Element | null)?.closest<HTMLInputElement>("[data-quote-view]");
  const kept = box?.closest("form")?.elements.namedItem("view") as HTMLInputElement | null | undefined;
  if (!box || !kept) return;
  kept.value = "";
  if (!box.checked) return;
  const give = (view: unknown): void => {
    kept.value = JSON.stringify(view);
  };
  document.dispatchEvent(new CustomEvent("arcada:quote-view", { detail: { give } }));
  // Nobody gave one: the scans are not drawn yet, or can't be.
  if (!kept.value) box.checked = false;
});

// A mention goes where one was writing last.
let writing: HTMLInputElement | HTMLTextAreaElement | null = form?.querySelector("textarea") ?? null;
document.addEventListener("focusin", (event) => {
  const field = (event.target as Element | null)?.closest<HTMLInputElement | HTMLTextAreaElement>(".new-thread textarea, .reply input[name=text]");
  if (field) writing = field;
});

function mention(name: string): void {
  if (!writing) return;
  const at = writing.selectionStart ?? writing.value.length;
  const before = writing.value.slice(0, at);
  const gap = before === "" || /\s$/.test(before) ? "" : " ";
  writing.setRangeText(`${gap}@${name} `, at, writing.selectionEnd ?? at, "end");
  writing.focus();
}

// News of the case: somebody wrote or a file became ready. The page says so; typed text is never taken away.
const live = document.querySelector<HTMLElement>("[data-live]");
const address = live?.dataset["live"];
if (address) {
  const source = new EventSource(address);
  const tell = (): void => {
    const isTyping = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("textarea, .reply input, #decision-note")].some(
      (input) => input.value !== "",
    );
    const isSending = document.querySelector("[data-sending], [name=attached]") !== null;
    if (isTyping || isSending || document.querySelector(".news")) return;
    const note = document.createElement("button");
    note.className = "news small";
    note.type = "button";
    note.textContent = live?.dataset["news"] ?? "";
    note.addEventListener("click", () => location.reload());
    document.querySelector(".talk .scroll")?.prepend(note);
  };
  source.addEventListener("presence", (event) => {
    document.dispatchEvent(new CustomEvent("arcada:presence", { detail: JSON.parse((event as MessageEvent<string>).data) }));
  });
  // A file was checked, or a comparison is there.
  for (const kind of ["thread", "case", "record", "comparison"]) source.addEventListener(kind, tell);
}
