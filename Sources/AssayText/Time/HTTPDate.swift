/// Dates of header fields, read as loosely as those of cookies (RFC 6265, section 5.1.1), which takes
/// in all three forms of HTTP itself (RFC 9110, section 5.6.7).
package enum HTTPDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Seconds since 1970; nil for what is no date.
  package static func seconds(_ text: String) -> Int? {
    var time: [Int]?
    var day: Int?
    var month: Int?
    var year: Int?
    for token in text.lowercased().split(whereSeparator: isDelimiter) {
      if time == nil, let found = clock(token) {
        time = found
      } else if day == nil, let number = number(token, digits: 1...2) {
        day = number
      } else if month == nil, let place = months.firstIndex(of: String(token.prefix(3))) {
        month = place + 1
      } else if year == nil, let number = number(token, digits: 2...4) {
        year = number < 70 ? number + 2_000 : number < 100 ? number + 1_900 : number
      }
    }
    guard let time, let day, let month, let year, (1...31).contains(day), year >= 1_601,
      time[0] < 24, time[1] < 60, time[2] < 60
    else { return nil }
    return days(year, month, day) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
  }

  private static func isDelimiter(_ character: Character) -> Bool {
    !(character.isLetter || character.isNumber || character == ":")
  }

  private static func clock(_ token: Substring) -> [Int]? {
    let parts = token.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let numbers = parts.compactMap { number($0, digits: 1...2) }
    return numbers.count == 3 ? numbers : nil
  }

  /// The digits at the start of a token; what follows them is ignored.
  private static func number(_ token: Substring, digits: ClosedRange<Int>) -> Int? {
    let found = token.prefix { $0.isASCII && $0.isNumber }
    return digits.contains(found.count) ? Int(found) : nil
  }

  /// Days since the start of 1970, by years that begin in March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
