/** What a drawing may consist of. Nothing here runs, loads, links, moves by itself or is made many times of one. */
export const allowedElements: ReadonlySet<string> = new Set([
  ...["svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"],
  ...["text", "tspan", "linearGradient", "radialGradient", "stop", "marker"],
]);

/** Properties of looks, as attributes or in `style`. */
export const styleProperties: ReadonlySet<string> = new Set([
  ...["fill", "fill-opacity", "fill-rule", "opacity", "display", "visibility", "color"],
  ...["stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset"],
  ...["stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "paint-order"],
  ...["font-size", "font-weight", "font-style", "font-family", "letter-spacing"],
  ...["text-anchor", "dominant-baseline", "alignment-baseline"],
  ...["stop-color", "stop-opacity", "marker-start", "marker-mid", "marker-end"],
]);

export const allowedAttributes: ReadonlySet<string> = new Set([
  ...styleProperties,
  ...["id", "data-tag", "viewBox", "preserveAspectRatio", "width", "height", "transform"],
  ...["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "d", "points", "pathLength"],
  ...["offset", "gradientUnits", "gradientTransform", "spreadMethod", "fx", "fy"],
  ...["markerWidth", "markerHeight", "markerUnits", "refX", "refY", "orient"],
]);

/** Functions in values; a reference within the drawing is looked at by itself. */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...["rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY"],
]);
