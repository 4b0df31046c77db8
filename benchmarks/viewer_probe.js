// Set into every page before its scripts: when the poster stood there, when how many triangles were drawn first, and
// when anything was drawn last.
(() => {
  const told = (window.__told = { poster: null, frames: [], drawn: 0 });
  const now = () => performance.now();
  document.addEventListener("load", ({ target }) => {
    if (target.tagName !== "IMG" || !/poster/.test(target.currentSrc) || told.poster !== null) return;
    requestAnimationFrame(() => requestAnimationFrame(() => { told.poster ??= now(); }));
  }, true);
  // One frame is what is drawn in one go; pixels are there once one of them could be read back.
  for (const kind of [WebGLRenderingContext, WebGL2RenderingContext]) {
    for (const name of ["drawElements", "drawArrays", "drawElementsInstanced", "drawArraysInstanced"]) {
      const draw = kind.prototype[name];
      if (!draw) continue;
      kind.prototype[name] = function (mode, a, b, ...rest) {
        const count = mode === 4 ? (name.startsWith("drawElements") ? a : b) / 3 : 0;
        if (this.__frame === undefined) {
          this.__frame = { triangles: 0, submit: now(), pixels: null };
          queueMicrotask(() => {
            const frame = this.__frame;
            this.__frame = undefined;
            told.drawn = now();
            const known = told.frames.at(-1);
            if (known && frame.triangles <= known.triangles * 1.05) return;
            if (frame.triangles < 1) return;
            // Reading waits for the drawing: not where a hand is waited for.
            if (!window.__unread) this.readPixels(0, 0, 1, 1, this.RGBA, this.UNSIGNED_BYTE, new Uint8Array(4));
            frame.pixels = now();
            told.frames.push(frame);
          });
        }
        this.__frame.triangles += count;
        return draw.call(this, mode, a, b, ...rest);
      };
    }
  }
})();
