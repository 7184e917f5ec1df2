internal import AssayModel

// What each dynamic variable is made of. The kinds of values are those that Postman documents.
extension DynamicVariables {
  private static let year = 365 * 86_400

  static let makers: [String: Maker] = {
    var makers: [String: Maker] = [:]
    for group in [
      core, internet, people, places, images, finance, business, commerce, dates, files, text,
    ] {
      makers.merge(group) { first, _ in first }
    }
    return makers
  }()

  private static let core: [String: Maker] = [
    "guid": { $0.uuid() },
    "randomUUID": { $0.uuid() },
    "timestamp": { String($0.now) },
    "isoTimestamp": { UTCTime($0.now).dateAndTime + ".000Z" },
    "randomInt": { String($0.number(0...1_000)) },
    "randomBoolean": { $0.number(0...1) == 1 ? "true" : "false" },
    "randomAlphaNumeric": { $0.characters(1, Source.alphanumeric) },
    "randomWord": { $0.word(Words.plain) },
    "randomWords": { $0.several(2...5, " ") { $0.word(Words.plain) } },
    "randomColor": { $0.word(Words.colors) },
    "randomHexColor": { "#" + $0.characters(6, Source.hexadecimal) },
    "randomAbbreviation": { $0.word(Words.abbreviations) },
    "randomLocale": { $0.word(Words.locales) },
    "randomSemver": { "\($0.number(0...9)).\($0.number(0...9)).\($0.number(0...9))" },
    "randomPassword": { $0.characters(15, Source.alphanumeric) },
  ]

  private static func userName(_ source: inout Source) -> String {
    let first = source.word(Words.firstNames)
    return source.number(0...1) == 0
      ? "\(first)\(source.number(10...99))" : "\(first)_\(source.word(Words.lastNames))"
  }

  private static func domainWord(_ source: inout Source) -> String {
    source.word(Words.firstNames).lowercased()
  }

  private static func domainName(_ source: inout Source) -> String {
    domainWord(&source) + "." + source.word(Words.domainSuffixes)
  }

  private static let internet: [String: Maker] = [
    "randomIP": { source in source.several(4...4, ".") { String($0.number(1...254)) } },
    "randomIPV6": { source in
      source.several(8...8, ":") { $0.characters(4, Source.hexadecimal) }
    },
    "randomMACAddress": { source in
      source.several(6...6, ":") { $0.characters(2, Source.hexadecimal) }
    },
    "randomUserAgent": { $0.word(Words.userAgents) },
    "randomProtocol": { $0.word(["http", "https"]) },
    "randomUrl": { $0.word(["http", "https"]) + "://" + domainName(&$0) },
    "randomDomainName": { domainName(&$0) },
    "randomDomainSuffix": { $0.word(Words.domainSuffixes) },
    "randomDomainWord": { domainWord(&$0) },
    "randomEmail": { userName(&$0) + "@" + $0.word(Words.mailHosts) },
    "randomExampleEmail": { userName(&$0) + "@example." + $0.word(["com", "net", "org"]) },
    "randomUserName": { userName(&$0) },
  ]

  private static let people: [String: Maker] = [
    "randomFirstName": { $0.word(Words.firstNames) },
    "randomLastName": { $0.word(Words.lastNames) },
    "randomFullName": { $0.word(Words.firstNames) + " " + $0.word(Words.lastNames) },
    "randomNamePrefix": { $0.word(Words.namePrefixes) },
    "randomNameSuffix": { $0.word(Words.nameSuffixes) },
    "randomJobArea": { $0.word(Words.jobAreas) },
    "randomJobDescriptor": { $0.word(Words.jobDescriptors) },
    "randomJobTitle": {
      "\($0.word(Words.jobDescriptors)) \($0.word(Words.jobAreas)) \($0.word(Words.jobTypes))"
    },
    "randomJobType": { $0.word(Words.jobTypes) },
    "randomPhoneNumber": { $0.pattern("###-###-####") },
    "randomPhoneNumberExt": { $0.pattern("##-###-###-####") },
  ]

  private static let places: [String: Maker] = [
    "randomCity": { $0.word(Words.cities) },
    "randomStreetName": { $0.word(Words.lastNames) + " " + $0.word(Words.streets) },
    "randomStreetAddress": {
      "\($0.number(1...9_999)) \($0.word(Words.lastNames)) \($0.word(Words.streets))"
    },
    "randomCountry": { $0.word(Words.countries) },
    "randomCountryCode": { $0.word(Words.countryCodes) },
    "randomLatitude": { $0.decimal(-90...90, 4) },
    "randomLongitude": { $0.decimal(-180...180, 4) },
  ]

  private static func image(_ kind: String) -> Maker {
    { _ in "http://placeimg.com/640/480/\(kind)" }
  }

  private static let images: [String: Maker] = [
    "randomAvatarImage": {
      "https://cloudflare-ipfs.com/ipfs/avatars/\($0.number(1...1_249)).jpg"
    },
    "randomImageUrl": { _ in "http://placeimg.com/640/480" },
    "randomAbstractImage": image("abstract"),
    "randomAnimalsImage": image("animals"),
    "randomBusinessImage": image("business"),
    "randomCatsImage": image("cats"),
    "randomCityImage": image("city"),
    "randomFoodImage": image("food"),
    "randomNightlifeImage": image("nightlife"),
    "randomFashionImage": image("fashion"),
    "randomPeopleImage": image("people"),
    "randomNatureImage": image("nature"),
    "randomSportsImage": image("sports"),
    "randomTransportImage": image("transport"),
    "randomImageDataUri": { source in
      "data:image/svg+xml;charset=UTF-8,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg"
        + "%22%20width%3D%22\(source.number(100...900))%22%20height%3D%22100%22%2F%3E"
    },
  ]

  private static let finance: [String: Maker] = [
    "randomBankAccount": { $0.pattern("########") },
    "randomBankAccountName": { $0.word(Words.accounts) + " Account" },
    "randomBankAccountBic": {
      $0.characters(4, Words.capitals) + $0.word(Words.countryCodes)
        + $0.characters(2, Words.capitals)
    },
    "randomBankAccountIban": { iban(&$0) },
    "randomBitcoin": {
      "3" + $0.characters($0.number(25...33), Words.base58)
    },
    "randomCreditCardMask": { $0.pattern("####") },
    "randomCurrencyCode": { $0.word(Words.currencies.map(\.code)) },
    "randomCurrencyName": { $0.word(Words.currencies.map(\.name)) },
    "randomCurrencySymbol": { $0.word(Words.currencies.map(\.symbol)) },
    "randomPrice": { $0.decimal(0...999, 2) },
    "randomTransactionType": { $0.word(Words.transactions) },
  ]

  /// ISO 13616: the two digits behind the country make the whole congruent to 1 modulo 97.
  private static func iban(_ source: inout Source) -> String {
    let country = source.word(["DE", "FR", "ES", "AT", "BE"])
    let account = source.pattern("##################")
    var remainder = 0
    for byte in (account + country + "00").utf8 {
      let value = byte >= 0x41 ? Int(byte) - 0x41 + 10 : Int(byte) - 0x30
      remainder = (remainder * (value >= 10 ? 100 : 10) + value) % 97
    }
    let check = 98 - remainder
    return country + (check < 10 ? "0\(check)" : "\(check)") + account
  }

  private static func phrase(_ lists: [String]...) -> Maker {
    { source in lists.map { source.word($0) }.joined(separator: " ") }
  }

  private static let business: [String: Maker] = [
    "randomCompanyName": {
      "\($0.word(Words.lastNames)), \($0.word(Words.lastNames)) and \($0.word(Words.lastNames))"
    },
    "randomCompanySuffix": { $0.word(Words.companySuffixes) },
    "randomBs": phrase(Words.businessVerbs, Words.businessAdjectives, Words.businessNouns),
    "randomBsAdjective": { $0.word(Words.businessAdjectives) },
    "randomBsBuzz": { $0.word(Words.businessVerbs) },
    "randomBsNoun": { $0.word(Words.businessNouns) },
    "randomCatchPhrase": { source in
      let adjective = source.title(Words.catchAdjectives)
      return "\(adjective) \(source.word(Words.catchDescriptors)) \(source.word(Words.catchNouns))"
    },
    "randomCatchPhraseAdjective": { $0.title(Words.catchAdjectives) },
    "randomCatchPhraseDescriptor": { $0.word(Words.catchDescriptors) },
    "randomCatchPhraseNoun": { $0.word(Words.catchNouns) },
  ]

  private static let commerce: [String: Maker] = [
    "randomDepartment": { $0.word(Words.departments) },
    "randomProduct": { $0.word(Words.products) },
    "randomProductName": phrase(Words.productAdjectives, Words.materials, Words.products),
    "randomProductAdjective": { $0.word(Words.productAdjectives) },
    "randomProductMaterial": { $0.word(Words.materials) },
    "randomDatabaseColumn": { $0.word(Words.columns) },
    "randomDatabaseType": { $0.word(Words.columnTypes) },
    "randomDatabaseCollation": { $0.word(Words.collations) },
    "randomDatabaseEngine": { $0.word(Words.engines) },
  ]

  private static let dates: [String: Maker] = [
    "randomDateFuture": { $0.date(1...year) },
    "randomDatePast": { $0.date(-year...(-1)) },
    "randomDateRecent": { $0.date(-86_400...(-1)) },
    "randomMonth": { $0.word(Words.months) },
    "randomWeekday": { $0.word(Words.weekdays) },
  ]

  private static func fileStem(_ source: inout Source) -> String {
    source.several(2...4, "_") { $0.word(Words.plain).lowercased() }
  }

  private static let files: [String: Maker] = [
    "randomFileName": { fileStem(&$0) + "." + $0.word(Words.fileEndings) },
    "randomFileType": { $0.word(Words.fileTypes) },
    "randomFileExt": { $0.word(Words.fileEndings) },
    "randomFilePath": {
      $0.word(Words.folders) + "/" + fileStem(&$0) + "." + $0.word(Words.fileEndings)
    },
    "randomDirectoryPath": { $0.word(Words.folders) },
    "randomCommonFileName": { fileStem(&$0) + "." + $0.word(Words.commonEndings) },
    "randomCommonFileType": { $0.word(Words.commonTypes) },
    "randomCommonFileExt": { $0.word(Words.commonEndings) },
    "randomMimeType": { $0.word(Words.mediaTypes) },
  ]

  private static func words(_ source: inout Source, _ range: ClosedRange<Int>) -> String {
    source.several(range, " ") { $0.word(Words.latin) }
  }

  private static func sentence(_ source: inout Source) -> String {
    source.title(Words.latin) + " " + words(&source, 3...9) + "."
  }

  private static func paragraph(_ source: inout Source) -> String {
    source.several(3...6, " ") { sentence(&$0) }
  }

  private static let text: [String: Maker] = [
    "randomNoun": { $0.word(Words.catchNouns) },
    "randomVerb": { $0.word(Words.verbs) },
    "randomIngverb": { $0.word(Words.ingVerbs) },
    "randomAdjective": { $0.word(Words.catchAdjectives) },
    "randomPhrase": {
      "We need to \($0.word(Words.verbs)) the \($0.word(Words.catchAdjectives)) "
        + "\($0.word(Words.abbreviations)) \($0.word(Words.catchNouns))!"
    },
    "randomLoremWord": { $0.word(Words.latin) },
    "randomLoremWords": { words(&$0, 3...3) },
    "randomLoremSentence": { sentence(&$0) },
    "randomLoremSentences": { source in source.several(2...6, " ") { sentence(&$0) } },
    "randomLoremSlug": { source in source.several(3...3, "-") { $0.word(Words.latin) } },
    "randomLoremText": { paragraph(&$0) },
    "randomLoremParagraph": { paragraph(&$0) },
    "randomLoremParagraphs": { source in source.several(3...3, "\n \r") { paragraph(&$0) } },
    "randomLoremLines": { source in source.several(1...5, "\n") { sentence(&$0) } },
  ]
}
