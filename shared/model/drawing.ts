/** An element of a line's own drawing, as the server has let it through: no script, nothing from elsewhere. */
export interface DrawingElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (DrawingElement | string)[];
}

/** The drawing of a line, and what of its file is not shown. */
export interface Drawing {
  readonly root: DrawingElement;
  /** Names of elements and attributes that are not allowed, ascending. */
  readonly removed: readonly string[];
  /** What `data-tag` names that the line does not have, ascending. */
  readonly unknownTags: readonly string[];
}
