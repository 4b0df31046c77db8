// Files for a comment: each is sent as soon as it was chosen, and named in the form once it is there.
import { element } from "../markup";
import { sha256Of } from "../upload/hashing";
import { Transfer } from "../upload/transfer";

interface Answer {
  record?: { id: string };
  upload?: { url: string };
  detail?: string;
  findings?: { text: string }[];
}

/** Sends the files for the comment of `box`'s form. What is on its way is marked, and holds the form. */
export function attachFiles(box: HTMLElement, files: readonly File[]): void {
  const list = box.querySelector("ul");
  const room = Number(box.dataset["most"]) - (list?.childElementCount ?? 0);
  for (const file of files.slice(0, Math.max(0, room))) void attachOne(box, file);
  const full = box.querySelector(".full") ?? element("p", { class: "full hint", role: "status" });
  full.textContent = files.length > room ? (box.dataset["wordMost"] ?? "") : "";
  box.append(full);
}

async function attachOne(box: HTMLElement, file: File): Promise<void> {
  const word = (name: string): string => box.dataset[`word${name}`] ?? "";
  const state = element("small", {}, word("Sending"));
  const remove = element("button", { type: "button", class: "quiet small", "aria-label": `${word("Remove")}: ${file.name}`, title: word("Remove") }, "×");
  const item = element("li", { "data-sending": "" }, element("span", { class: "name" }, file.name), state, remove);
  let transfer: Transfer | null = null;
  const settle = (text: string): void => {
    state.textContent = text;
    item.removeAttribute("data-sending");
  };
  remove.addEventListener("click", () => {
    // What the server has of it so far it forgets.
    if (item.hasAttribute("data-sending")) void transfer?.cancel();
    item.remove();
    box.querySelector("input")?.focus();
  });
  box.querySelector("ul")?.append(item);
  try {
    const sha256 = await sha256Of(file, () => undefined);
    const answer = await fetch(box.dataset["attach"] ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: file.name, size: file.size, sha256 }),
    });
    const told = (await answer.json()) as Answer;
    const record = told.record;
    if (!told.upload || !record) {
      settle([told.detail, ...(told.findings ?? []).map(({ text }) => text)].filter(Boolean).join(" ") || word("Failed"));
      return;
    }
    if (!item.isConnected) return;
    const bar = element("progress", { max: String(file.size), value: "0", "aria-label": `${word("Sending")}: ${file.name}` });
    state.replaceChildren(bar);
    transfer = new Transfer(file, new URL(told.upload.url, location.href).pathname, {
      progress: (bytes) => (bar.value = bytes),
      retrying: () => undefined,
      done: () => {
        item.append(element("input", { type: "hidden", name: "attached", value: record.id }));
        settle(word("Sent"));
      },
      stopped: () => settle(word("Failed")),
    });
    transfer.start();
  } catch {
    settle(word("Failed"));
  }
}
