// Sends a design of a case: asks for its place, then the bytes in checked, resumable chunks.
import * as tus from "tus-js-client";
import { checkedStack } from "../upload/checked-stack";

interface Offer {
  upload: { url: string };
}

interface Problem {
  detail?: string;
  findings?: { text: string }[];
}

export async function sendDesign(button: HTMLElement): Promise<void> {
  const box = button.closest<HTMLElement>("[data-design-upload]");
  const file = box?.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
  if (!box || !file) return;
  const bar = box.querySelector("progress");
  const say = (text: string): void => {
    const status = box.querySelector("[role=status]");
    if (status) status.textContent = text;
  };
  const replaces = box.querySelector<HTMLSelectElement>("#design-replaces")?.value ?? "";
  const answer = await fetch(box.dataset["designUpload"] ?? "", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      name: file.name,
      size: file.size,
      title: box.querySelector<HTMLInputElement>("#design-title")?.value ?? "",
      ...(replaces ? { supersedes: replaces } : {}),
    }),
  });
  if (!answer.ok) {
    const problem = (await answer.json()) as Problem;
    say([problem.detail, ...(problem.findings ?? []).map(({ text }) => text)].filter(Boolean).join(" "));
    return;
  }
  const offer = (await answer.json()) as Offer;
  button.setAttribute("disabled", "");
  bar?.removeAttribute("hidden");
  new tus.Upload(file, {
    uploadUrl: new URL(offer.upload.url).pathname,
    chunkSize: 8 * 1024 * 1024,
    retryDelays: [500, 1500, 4000, 10_000],
    storeFingerprintForResuming: false,
    httpStack: checkedStack,
    onProgress: (sent, size) => {
      if (bar) bar.value = sent / size;
    },
    onError: (error) => {
      say(error.message);
      button.removeAttribute("disabled");
    },
    onSuccess: () => location.reload(),
  }).start();
}
