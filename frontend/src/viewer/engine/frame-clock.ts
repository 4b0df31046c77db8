// How long the graphics card needs for a frame, measured where the frame really ends.

const POLL_MS = 4;
const GIVE_UP_MS = 5000;

/** Calls `done` with the milliseconds until everything issued so far was drawn. */
export function timeFrame(gl: WebGL2RenderingContext, done: (milliseconds: number) => void): void {
  const started = performance.now();
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (!fence) return;
  gl.flush();
  const look = (): void => {
    const state = gl.isContextLost() ? gl.WAIT_FAILED : gl.clientWaitSync(fence, 0, 0);
    const elapsed = performance.now() - started;
    if (state === gl.TIMEOUT_EXPIRED && elapsed < GIVE_UP_MS) {
      setTimeout(look, POLL_MS);
      return;
    }
    gl.deleteSync(fence);
    if (state !== gl.WAIT_FAILED) done(elapsed);
  };
  setTimeout(look, 0);
}
