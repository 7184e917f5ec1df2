import AssayModel
import AssayText
import Testing

/// Each C library of this room, used for real.
@Suite struct LibraryTests {
  @Test func `libcrypto makes the digests of the published vectors`() {
    let abc = Array("abc".utf8)
    #expect(Digest.hex(Digest.hash(abc, .md5)) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(Digest.hex(Digest.hash(abc, .sha1)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(
      Digest.sha256(abc) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest.hex(Digest.hash(abc, .sha512Over256))
        == "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23")
    // RFC 4231, test case 2.
    let code = Digest.hmac(
      Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8), .sha256)
    #expect(
      Digest.hex(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func `Base64 follows the examples of RFC 4648`() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encode(Array(text.utf8)) == encoded)
      #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    }
    #expect(Base64.decode("Zg=a".utf8) == nil)
    #expect(Base64.decode("Z".utf8) == nil)
  }

  @Test func `zlib gives back what it took, and stops at the limit`() throws {
    let bytes = Array(String(repeating: "a journal line\n", count: 10_000).utf8)
    for format in [Deflate.Format.gzip, .zlib, .raw] {
      let packed = Deflate.compress(bytes, as: format)
      #expect(packed.count < bytes.count / 50)
      #expect(try Deflate.decompress(packed, as: format, limit: 1 << 20) == bytes)
      #expect(throws: Deflate.Fault.tooLarge) {
        try Deflate.decompress(packed, as: format, limit: 1_000)
      }
      #expect(throws: Deflate.Fault.self) {
        try Deflate.decompress(Array(packed.dropLast(20)), as: format, limit: 1 << 20)
      }
    }
    #expect(Deflate.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
  }

  @Test func `libxml2 reads, selects, and refuses entities`() throws {
    let file = SourceFile(name: "t.xml", text: "<a><b c='1'>x</b><b c='2'>y &amp; z</b></a>")
    let document = try XMLDocument(file)
    #expect(document.rootName == "a")
    #expect(document.select("/a/b[@c='2']") == ["y & z"])
    #expect(document.select("count(//b)") == ["2"])
    #expect(document.select("][") == nil)
    let bomb = "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"
    for (text, code) in [
      (bomb, "text.xml-doctype"), ("<a><b></a>", "text.xml-syntax"), ("", "text.xml-syntax"),
    ] {
      do {
        _ = try XMLDocument(SourceFile(name: "t.xml", text: text))
        Issue.record("read \(text)")
      } catch {
        #expect(error.code == code)
      }
    }
  }

  @Test func `libxml2 validates by an XML Schema`() throws {
    let schema = SourceFile(
      name: "t.xsd",
      text: """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType>
        <xs:attribute name="n" type="xs:integer" use="required"/></xs:complexType></xs:element>
        </xs:schema>
        """)
    #expect(try XMLDocument(SourceFile(name: "t", text: "<a n='1'/>")).isValid(bySchema: schema))
    #expect(try !XMLDocument(SourceFile(name: "t", text: "<a n='x'/>")).isValid(bySchema: schema))
  }

  @Test func `every library tells its version`() {
    for version in [
      Pattern.libraryVersion, Digest.libraryVersion, Deflate.libraryVersion,
      XMLDocument.libraryVersion, YAMLReader.libraryVersion,
    ] {
      #expect(version.contains("."))
    }
  }

  @Test func `UTF-16 is brought to UTF-8`() {
    let text = "{\"é\": \"😀\"}"
    let units = Array(text.utf16)
    let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, big, Array(text.utf8)] {
      #expect(Inputs.utf8(bytes) == Array(text.utf8))
    }
  }
}
