// Files for a comment: each is sent as soon as it was chosen, and named in the form once it is there.
import { element } from "../markup";
import { send } from "../upload/sending";

/** Sends the files for the comment of `box`'s form. What is on its way is marked, and holds the form. */
export function attachFiles(box: HTMLElement, files: readonly File[]): void {
  const room = Number(box.dataset["most"]) - box.querySelectorAll("li[data-sending], [name=attached]").length;
  for (const file of files.slice(0, Math.max(0, room))) attachOne(box, file);
  const full = box.querySelector(".full") ?? element("p", { class: "full hint", role: "status" });
  full.textContent = files.length > room ? (box.dataset["wordMost"] ?? "") : "";
  box.append(full);
}

function attachOne(box: HTMLElement, file: File): void {
  const word = (name: string): string => box.dataset[`word${name}`] ?? "";
  const state = element("small", {}, word("Sending"));
  const remove = element("button", { type: "button", class: "quiet small", "aria-label": `${word("Remove")}: ${file.name}`, title: word("Remove") }, "×");
  const item = element("li", { "data-sending": "" }, element("span", { class: "name" }, file.name), state, remove);
  const bar = element("progress", { max: String(file.size), value: "0", "aria-label": `${word("Sending")}: ${file.name}` });
  const settle = (text: string): void => {
    state.textContent = text;
    item.removeAttribute("data-sending");
  };
  box.querySelector("ul")?.append(item);
  const giveUp = send(box.dataset["attach"] ?? "", file, {}, {
    progress: (bytes) => {
      bar.value = bytes;
      if (!bar.isConnected) state.replaceChildren(bar);
    },
    done: (record) => {
      item.append(element("input", { type: "hidden", name: "attached", value: record }));
      settle(word("Sent"));
    },
    stopped: (why) => settle(why || word("Failed")),
  });
  remove.addEventListener("click", () => {
    if (item.hasAttribute("data-sending")) giveUp();
  });
}
