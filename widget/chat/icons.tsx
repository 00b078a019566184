// The few signs of the window, drawn as lines in the colour of the text.


const drawn = (path: string, flip = false) => () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" class={flip ? "flip" : ""}>
    <path d={path} />
  </svg>
);

export const Cross = drawn("M6 6l12 12M18 6L6 18");
export const Dots = drawn("M5 12h.01M12 12h.01M19 12h.01");
export const Clip = drawn("M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 17a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6");
export const Arrow = drawn("M5 12h14M13 6l6 6-6 6", true);
