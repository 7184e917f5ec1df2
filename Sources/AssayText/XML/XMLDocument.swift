package import AssayModel
internal import CXML

/// An XML text and its tree, by libxml2 with the network and entities off.
///
/// A document with an internal subset is refused before any text is read: entities expand when text
/// is asked for, and a few kilobytes can become hundreds of megabytes.
@safe package final class XMLDocument: @unchecked Sendable {
  // Unchecked, because the tree is a pointer: nothing changes it once it has been read, and every
  // XPath evaluation has a context of its own.
  private let tree: xmlDocPtr

  package init(_ file: SourceFile) throws(Diagnostic) {
    guard !file.bytes.isEmpty else { throw .invalidXML(file.start, "the text is empty") }
    XMLLibrary.start()
    guard let context = unsafe xmlNewParserCtxt() else {
      preconditionFailure("libxml2 could not allocate its parser")
    }
    defer { unsafe xmlFreeParserCtxt(context) }
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_COMPACT.rawValue
    let parsed = unsafe file.bytes.withUnsafeBytes { bytes in
      unsafe xmlCtxtReadMemory(
        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil,
        nil, Int32(options))
    }
    guard let parsed = unsafe parsed else {
      throw unsafe Self.problem(file, context)
    }
    guard unsafe xmlGetIntSubset(parsed) == nil else {
      unsafe xmlFreeDoc(parsed)
      throw .forbiddenDoctype(file)
    }
    unsafe tree = parsed
  }

  deinit { unsafe xmlFreeDoc(tree) }

  /// The name of the outermost element.
  package var rootName: String {
    guard let root = unsafe xmlDocGetRootElement(tree) else { return "" }
    return unsafe String(cString: root.pointee.name)
  }

  /// The outermost element and all below it; libxml2 takes no text that nests deeper than 256.
  package var root: XMLElement? {
    guard let root = unsafe xmlDocGetRootElement(tree) else { return nil }
    return unsafe Self.element(root)
  }

  private static func element(_ node: xmlNodePtr) -> XMLElement {
    var element = unsafe XMLElement(
      name: String(cString: node.pointee.name), namespace: namespace(node.pointee.ns),
      line: xmlGetLineNo(node))
    var attribute = unsafe node.pointee.properties
    while let each = unsafe attribute {
      if let value = unsafe xmlNodeListGetString(tree(of: node), each.pointee.children, 1) {
        unsafe element.attributes.append(
          .init(
            name: String(cString: each.pointee.name), namespace: namespace(each.pointee.ns),
            value: String(cString: value)))
        unsafe assay_xml_free(value)
      } else {
        unsafe element.attributes.append(
          .init(
            name: String(cString: each.pointee.name), namespace: namespace(each.pointee.ns),
            value: ""))
      }
      unsafe attribute = each.pointee.next
    }
    var child = unsafe node.pointee.children
    while let each = unsafe child {
      switch unsafe each.pointee.type {
      case XML_ELEMENT_NODE: unsafe element.children.append(self.element(each))
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        if let text = unsafe each.pointee.content {
          unsafe element.text += String(cString: text)
        }
      default: break
      }
      unsafe child = each.pointee.next
    }
    return element
  }

  private static func tree(of node: xmlNodePtr) -> xmlDocPtr? { unsafe node.pointee.doc }

  private static func namespace(_ namespace: UnsafeMutablePointer<xmlNs>?) -> String? {
    guard let href = unsafe namespace?.pointee.href else { return nil }
    return unsafe String(cString: href)
  }

  /// The text of everything that an XPath expression selects; nil where it is none.
  package func select(_ expression: String) -> [String]? {
    guard let context = unsafe xmlXPathNewContext(tree) else { return nil }
    defer { unsafe xmlXPathFreeContext(context) }
    guard let found = unsafe xmlXPathEvalExpression(expression, context) else { return nil }
    defer { unsafe xmlXPathFreeObject(found) }
    guard unsafe found.pointee.type == XPATH_NODESET else {
      guard let text = unsafe xmlXPathCastToString(found) else { return nil }
      defer { unsafe assay_xml_free(text) }
      return unsafe [String(cString: text)]
    }
    guard let set = unsafe found.pointee.nodesetval else { return [] }
    var texts: [String] = []
    for index in unsafe 0..<Int(set.pointee.nodeNr) {
      guard let text = unsafe xmlNodeGetContent(set.pointee.nodeTab[index]) else { continue }
      unsafe texts.append(String(cString: text))
      unsafe assay_xml_free(text)
    }
    return texts
  }

  /// Whether the document is valid by an XML Schema.
  package func isValid(bySchema schema: SourceFile) -> Bool {
    unsafe schema.bytes.withUnsafeBytes { bytes in
      guard
        let parser = unsafe xmlSchemaNewMemParserCtxt(
          bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
      else { return false }
      defer { unsafe xmlSchemaFreeParserCtxt(parser) }
      guard let compiled = unsafe xmlSchemaParse(parser) else { return false }
      defer { unsafe xmlSchemaFree(compiled) }
      guard let validator = unsafe xmlSchemaNewValidCtxt(compiled) else { return false }
      defer { unsafe xmlSchemaFreeValidCtxt(validator) }
      return unsafe xmlSchemaValidateDoc(validator, tree) == 0
    }
  }

  private static func problem(_ file: SourceFile, _ context: xmlParserCtxtPtr) -> Diagnostic {
    let line = unsafe Int(assay_xml_error_line(context))
    let column = unsafe max(Int(assay_xml_error_column(context)), 1)
    let message = unsafe assay_xml_error_message(context).map { unsafe String(cString: $0) }
    let range = file.rangeOfLine(line) ?? 0..<0
    let start = min(range.lowerBound + column - 1, range.upperBound)
    let text = (message ?? "libxml2 cannot read it").split(separator: "\n").first ?? ""
    return .invalidXML(SourceSpan(file: file, range: start..<start), String(text))
  }

  /// The version of the library, for `assay version --verbose`.
  package static var libraryVersion: String { LIBXML_DOTTED_VERSION }
}

/// An element as a value.
package struct XMLElement: Sendable {
  /// Without its prefix.
  package let name: String
  package let namespace: String?
  package let line: Int
  package var attributes: [Attribute] = []
  package var children: [XMLElement] = []
  /// The text that stands right in it.
  package var text = ""

  package struct Attribute: Sendable {
    package let name: String
    package let namespace: String?
    package let value: String
  }
}

/// What libxml2 needs once per process.
private enum XMLLibrary {
  private static let started: Bool = {
    xmlInitParser()
    assay_xml_silence()
    return true
  }()

  static func start() { precondition(started) }
}
