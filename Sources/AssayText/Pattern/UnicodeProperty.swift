/// The names that ECMA-262 gives to Unicode properties (tables 66 to 68), in PCRE2's spelling.
enum UnicodeProperty {
  static func name(for text: String) -> String? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      switch parts[0] {
      case "General_Category", "gc": return category(String(parts[1]))
      case "Script", "sc": return "sc:" + parts[1]
      case "Script_Extensions", "scx": return "scx:" + parts[1]
      default: return nil
      }
    }
    return category(text) ?? binary[text]
  }

  private static func category(_ text: String) -> String? {
    if short.contains(text) { return text == "LC" ? "L&" : text }
    return long[text]
  }

  private static let short: Set<String> = [
    "L", "LC", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P",
    "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp",
    "C", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  private static let long = [
    "Letter": "L", "Cased_Letter": "L&", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll",
    "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M",
    "Combining_Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me",
    "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl",
    "Other_Number": "No", "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc",
    "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps", "Close_Punctuation": "Pe",
    "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po",
    "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk",
    "Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl",
    "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf",
    "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
  ]

  private static let binary = [
    "ASCII": "ascii", "Alphabetic": "alpha", "Alpha": "alpha", "Any": "Any",
    "ASCII_Hex_Digit": "ahex", "AHex": "ahex", "Cased": "cased", "Case_Ignorable": "ci",
    "Dash": "dash", "Default_Ignorable_Code_Point": "di", "Deprecated": "dep", "Diacritic": "dia",
    "Emoji": "emoji", "Emoji_Component": "ecomp", "Emoji_Modifier": "emod",
    "Emoji_Modifier_Base": "ebase", "Emoji_Presentation": "epres",
    "Extended_Pictographic": "extpict", "Extender": "ext", "Hex_Digit": "hex", "Hex": "hex",
    "IDS_Binary_Operator": "idsb", "IDS_Trinary_Operator": "idst", "ID_Continue": "idc",
    "IDC": "idc", "ID_Start": "ids", "IDS": "ids", "Ideographic": "ideo", "Ideo": "ideo",
    "Join_Control": "joinc", "Logical_Order_Exception": "loe", "Lowercase": "lower",
    "Lower": "lower", "Math": "math", "Noncharacter_Code_Point": "nchar",
    "Pattern_Syntax": "patsyn", "Pattern_White_Space": "patws", "Quotation_Mark": "qmark",
    "Radical": "radical", "Regional_Indicator": "ri", "Sentence_Terminal": "sterm",
    "Soft_Dotted": "sd", "Terminal_Punctuation": "term", "Unified_Ideograph": "uideo",
    "Uppercase": "upper", "Upper": "upper", "Variation_Selector": "vs", "White_Space": "space",
    "space": "space", "XID_Continue": "xidc", "XID_Start": "xids",
  ]
}
