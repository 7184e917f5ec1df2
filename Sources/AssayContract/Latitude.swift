/// Where the specifications leave room: the reading that a run goes by. The standard one is the
/// lenient one, so that no API is blamed for what it may do.
package struct Latitude: Sendable, Hashable {
  /// What to make of `format`.
  package enum Formats: String, Sendable { case assert, annotate }

  /// Whether `nullable: true` counts where 3.0.3 gives it no effect: without `type` beside it, and
  /// beside an `enum` that does not list null. Many documents are older than that text.
  package enum Nullable: String, Sendable { case lenient, strict }

  /// What to make of `contentEncoding`, `contentMediaType` and `contentSchema`.
  package enum Content: String, Sendable { case annotate, assert }

  /// What becomes of members and parameters that the contract does not mention.
  package enum Extra: String, Sendable { case off, warn, fail }

  package var formats = Formats.assert
  package var nullable = Nullable.lenient
  package var content = Content.annotate
  package var extra = Extra.off

  package init() {}
}
