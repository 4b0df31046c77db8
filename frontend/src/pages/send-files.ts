// The page of somebody who was asked for files: choose, place, send, and see what became of one's own files.
import { element } from "../markup";
import { send } from "../upload/sending";
import { plan, Refusal, type PlannedFile } from "../upload/server";

const SOON_MS = 1500;
const page = document.querySelector<HTMLElement>("[data-send]");
if (page) begin(page);

function begin(place: HTMLElement): void {
  const planned = place.querySelector<HTMLElement>("[data-planned]");
  const said = place.querySelector<HTMLElement>("[data-said]");
  const input = place.querySelector<HTMLInputElement>("[data-choose]");
  const word = (name: string): string => place.dataset[`word${name}`] ?? "";
  const csrf = place.dataset["csrf"] ?? "";
  let timer = 0;

  /** The server's own list of what was sent; asked again while something is being checked. */
  const refresh = async (): Promise<void> => {
    window.clearTimeout(timer);
    const answer = await fetch(place.dataset["files"] ?? "");
    if (!answer.ok) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#sent");
    const old = document.getElementById("sent");
    if (!part || !old) return;
    old.replaceWith(part);
    if (part.getAttribute("data-moving")) timer = window.setTimeout(() => void refresh(), SOON_MS);
  };

  const say = (text: string): void => {
    if (said) said.textContent = text;
  };

  const add = async (files: File[]): Promise<void> => {
    if (files.length === 0 || !planned) return;
    try {
      const places = await plan(place.dataset["sorted"] ?? "", csrf, files.map(({ name, size }) => ({ name, size })));
      say("");
      places.forEach((one, number) => {
        const file = files[number];
        if (file) planned.append(row(file, one));
      });
      planned.hidden = planned.childElementCount === 0;
    } catch (trouble) {
      say((trouble instanceof Refusal && trouble.text) || word("Failed"));
    }
  };

  const row = (file: File, one: PlannedFile): HTMLLIElement => {
    const state = element("div", { class: "state" }, ...one.findings.map(({ what }) => element("span", {}, what)));
    const actions = element("div", { class: "actions" });
    const item = element("li", {}, element("span", {}), element("p", { class: "name" }, file.name), state, actions);
    if (one.choices.length === 0) return item;
    const choice = element("select", { "aria-label": word("Place") }, element("option", { value: "" }, word("Choose")));
    for (const { slot, title } of one.choices) choice.append(element("option", { value: slot }, title));
    choice.value = one.slot ?? "";
    const go = element("button", { type: "button", class: "small primary" }, word("Send"));
    go.addEventListener("click", () => {
      if (choice.value) transfer(file, choice.value, item, state, actions);
      else choice.focus();
    });
    actions.append(choice, go);
    return item;
  };

  const transfer = (file: File, slot: string, item: HTMLElement, state: HTMLElement, actions: HTMLElement): void => {
    const controls = [...actions.children];
    const bar = element("progress", { max: String(file.size), value: "0" });
    actions.replaceChildren();
    state.replaceChildren(element("span", {}, word("Hashing")));
    send(place.dataset["new"] ?? "", file, { slot }, {
      progress: (bytes) => {
        bar.value = bytes;
        if (!bar.isConnected) state.replaceChildren(element("span", {}, word("Sending")), bar);
      },
      done: () => {
        item.remove();
        // Nothing waits for the person any more: the page anew says how many files can still be sent.
        if (planned?.childElementCount) void refresh();
        else location.reload();
      },
      stopped: (why) => {
        state.replaceChildren(element("b", {}, why || word("Failed")));
        actions.replaceChildren(...controls);
      },
    }, { "X-CSRFToken": csrf });
  };

  input?.addEventListener("change", () => {
    void add([...(input.files ?? [])]).then(() => (input.value = ""));
  });
  const drop = place.querySelector<HTMLElement>(".drop");
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    if (drop) void add([...(event.dataTransfer?.files ?? [])]);
  });
  if (document.getElementById("sent")?.getAttribute("data-moving")) void refresh();
}
