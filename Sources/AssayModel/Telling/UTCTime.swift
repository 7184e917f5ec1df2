/// A moment in UTC by its calendar, made without a locale or a time zone.
package struct UTCTime: Sendable, Hashable {
  package let year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
  /// From 0, a Sunday.
  package let weekday: Int

  /// The moment so many seconds after the start of 1970.
  package init(_ secondsSince1970: Int) {
    let days = Int((Double(secondsSince1970) / 86_400).rounded(.down))
    let rest = secondsSince1970 - days * 86_400
    weekday = ((days + 4) % 7 + 7) % 7
    (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
    // Civil date from a day count: years that begin in March, in eras of 400 years.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-11-20T02:00:01Z` (RFC 3339).
  package var text: String { dateAndTime + "Z" }

  /// `2026-11-20T02:00:01`, as JUnit wants it.
  package var dateAndTime: String {
    "\(year)-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute)):\(padded(second))"
  }

  /// `20261120-020001`, for names of files.
  package var compact: String {
    "\(year)\(padded(month))\(padded(day))-\(padded(hour))\(padded(minute))\(padded(second))"
  }

  private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
