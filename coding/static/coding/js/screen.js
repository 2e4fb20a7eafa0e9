/** From a place on the screen to a place in the text, and what can wait until the screen is painted. */

/** The code point at a place on the screen, null beside the words. @param {import("./text.js").SourceText} text */
export function pointOnScreen(text, x, y) {
  const at = document.caretPositionFromPoint?.(x, y);
  if (at) return text.pointAt(at.offsetNode, at.offset);
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? text.pointAt(range.startContainer, range.startOffset) : null;
}

/** Whether the words around a code point are really under the pointer: beside a line the nearest caret is found too. */
export function isOver(text, point, x, y) {
  const { first } = text.edges({ start: point, end: point + 1 });
  return Math.abs(first.left - x) < 40 && y >= first.top - 6 && y <= first.bottom + 6;
}

/** Run something once the next frame is on screen: what nobody waits for must not hold up what they see. @param {() => void} run */
export function afterPaint(run) {
  requestAnimationFrame(() => setTimeout(run));
}

/** What is run once after the next frames, however often it was asked for. @param {() => void} run */
export function oncePainted(run) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    afterPaint(() => {
      waiting = false;
      run();
    });
  };
}
