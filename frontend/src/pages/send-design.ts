// Sends a design of a case, with what it is and what it replaces.
import { send } from "../upload/sending";

export function sendDesign(button: HTMLElement): void {
  const box = button.closest<HTMLElement>("[data-design-upload]");
  const file = box?.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
  if (!box || !file) return;
  const bar = box.querySelector("progress");
  const status = box.querySelector("[role=status]");
  const say = (text: string): void => {
    if (status) status.textContent = text;
  };
  const title = box.querySelector<HTMLInputElement>("#design-title")?.value ?? "";
  const replaces = box.querySelector<HTMLSelectElement>("#design-replaces")?.value ?? "";
  say("");
  button.setAttribute("disabled", "");
  bar?.removeAttribute("hidden");
  send(box.dataset["designUpload"] ?? "", file, { title, ...(replaces ? { supersedes: replaces } : {}) }, {
    progress: (bytes) => {
      if (bar) bar.value = bytes / file.size;
    },
    done: () => location.reload(),
    stopped: (why) => {
      say(why || (box.dataset["wordFailed"] ?? ""));
      button.removeAttribute("disabled");
      bar?.setAttribute("hidden", "");
    },
  });
}
