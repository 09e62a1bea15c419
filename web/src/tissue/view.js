/** From where the tissue is seen first; z is up. */
export const START = [-0.55, -0.9, 0.62];
/** How much of what is behind a tool it hides. */
export const TOOL_OPACITY = 0.35;
