// The words of the dynamic variables: short lists of our own, since only the kind of a value
// matters to those who use them.
enum Words {
  static let plain = list(
    """
    bandwidth capacitor circuit Dynamic extranet firewall Generic Handcrafted hybrid index
    Kiribati leverage matrix Money navigating Officer online parse Pizza platform quantify Rubber
    redundant sensor Shoes Soft system Table transmit utilize vertical Virginia withdrawal
    workforce yellow
    """)

  static let colors = list(
    """
    azure black blue cyan fuchsia gold green grey indigo ivory lavender lime magenta maroon mint
    olive orange orchid pink plum purple red salmon silver tan teal turquoise violet white yellow
    """)

  static let abbreviations = list(
    """
    ADP AGP AI API ASCII CSS EXE FTP GB HDD HEX HTTP IB IP JBOD JSON PCI PNG RAM RSS SAS SCSI SDD
    SMS SMTP SQL SSL TCP THX USB UTF8 VGA XML XSS
    """)

  static let locales = list(
    """
    af ar az cs de el en es fa fi fr he hr hu id it ja ka ko lv mk nb ne nl pl pt ro ru sk sv tr
    uk vi zh
    """)

  static let firstNames = list(
    """
    Ada Alan Amara Anders Beatriz Boris Carla Chen Dana Dmitri Elena Emil Farah Felix Grace Hana
    Hugo Ines Ivan Jana Jonas Kara Kofi Lena Luca Maya Milo Nadia Noah Olga Omar Petra Priya Quinn
    Rosa Ravi Sara Sven Tara Theo Uma Vera Viktor Wanda Yara Yusuf Zoe
    """)

  static let lastNames = list(
    """
    Abbott Adeyemi Bauer Becker Brandt Castro Cole Costa Dietrich Dubois Eriksen Fischer Fontaine
    Garcia Gupta Hansen Hoffmann Ito Jansen Johnson Kaya Keller Kowalski Larsen Lopez Meyer Moreau
    Nakamura Novak Okafor Olsen Park Petrov Quist Rossi Sato Schmidt Silva Singh Tanaka Torres
    Ueda Varga Weber Wright Yilmaz Zimmermann
    """)

  static let namePrefixes = list(
    """
    Mr. Mrs. Ms. Miss Dr.
    """)

  static let nameSuffixes = list(
    """
    Jr. Sr. I II III IV V MD DDS PhD DVM
    """)

  static let jobAreas = list(
    """
    Accounts Applications Assurance Branding Communications Configuration Creative Data Directives
    Division Factors Functionality Group Identity Implementation Infrastructure Integration
    Interactions Intranet Markets Metrics Mobility Operations Optimization Paradigm Program
    Quality Research Response Security Solutions Tactics Usability Web
    """)

  static let jobDescriptors = list(
    """
    Central Chief Corporate Customer Direct District Dynamic Forward Future Global Human Internal
    International Investor Lead Legacy National Principal Product Regional Senior
    """)

  static let jobTypes = list(
    """
    Administrator Agent Analyst Architect Assistant Associate Consultant Coordinator Designer
    Developer Director Engineer Executive Facilitator Liaison Manager Officer Orchestrator Planner
    Producer Representative Specialist Strategist Supervisor Technician
    """)

  static let streets = list(
    """
    Alley Avenue Bridge Bypass Circle Court Crossing Drive Estate Forest Garden Gateway Grove
    Harbor Heights Hill Island Junction Lane Meadow Mill Park Path Place Plaza Ridge River Road
    Route Square Station Street Terrace Trail Valley View Village Walk Way
    """)

  static let countryCodes = list(
    """
    AR AT AU BE BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GH GR HR HU ID IE IN IS IT JP KE KR
    LT LU LV MA MX MY NG NL NO NZ PE PH PL PT RO SE SG SI SK TH TR UA US UY VN ZA
    """)

  static let domainSuffixes = list(
    """
    com biz info name net org
    """)

  static let mailHosts = list(
    """
    gmail.com yahoo.com hotmail.com
    """)

  static let accounts = [
    "Checking", "Savings", "Money Market", "Investment", "Home Loan", "Credit Card", "Auto Loan",
    "Personal Loan",
  ]

  static let transactions = list(
    """
    deposit withdrawal payment invoice
    """)

  static let companySuffixes = [
    "Inc", "LLC", "Group", "and Sons",
  ]

  static let businessVerbs = list(
    """
    aggregate architect benchmark brand cultivate deliver deploy drive e-enable embrace empower
    enable engage engineer enhance envisioneer evolve expedite exploit extend facilitate generate
    grow harness implement incentivize integrate iterate leverage maximize monetize optimize
    orchestrate reinvent scale seize streamline synthesize target transform unleash utilize
    visualize
    """)

  static let businessAdjectives = list(
    """
    24/7 B2B B2C best-of-breed bleeding-edge clicks-and-mortar collaborative compelling
    cross-media cross-platform customized dot-com efficient end-to-end enterprise extensible
    frictionless global granular holistic impactful innovative integrated interactive intuitive
    leading-edge magnetic mission-critical next-generation one-to-one open-source plug-and-play
    proactive real-time revolutionary rich robust scalable seamless sexy sticky strategic
    synergistic transparent turn-key ubiquitous user-centric value-added vertical viral virtual
    visionary web-enabled wireless world-class
    """)

  static let businessNouns = list(
    """
    action-items applications architectures bandwidth channels communities content convergence
    deliverables e-business e-commerce e-markets e-services e-tailers experiences functionalities
    infomediaries infrastructures initiatives interfaces markets methodologies metrics mindshare
    models networks niches paradigms partnerships platforms portals relationships ROI schemas
    solutions supply-chains synergies systems technologies users vortals web-readiness
    """)

  static let catchAdjectives = list(
    """
    adaptive advanced ameliorated assimilated automated balanced centralized cloned compatible
    configurable cross-group decentralized digitized distributed diverse down-sized enhanced
    ergonomic exclusive expanded focused front-line fundamental future-proofed grass-roots
    horizontal implemented innovative integrated intuitive managed mandatory monitored
    multi-layered networked open-source optimized organic persistent phased polarised profound
    programmable progressive quality reactive realigned reduced robust seamless secured sharable
    stand-alone streamlined switchable synchronised synergistic team-oriented total
    triple-buffered universal up-sized upgradable user-friendly versatile virtual visionary
    """)

  static let catchDescriptors = [
    "24 hour", "4th generation", "actuating", "analyzing", "asymmetric", "asynchronous",
    "attitude-oriented", "bandwidth-monitored", "bi-directional", "bifurcated", "bottom-line",
    "clear-thinking", "client-driven", "client-server", "coherent", "cohesive", "composite",
    "content-based", "context-sensitive", "dedicated", "demand-driven", "didactic", "discrete",
    "disintermediate", "dynamic", "eco-centric", "empowering", "even-keeled", "executive",
    "explicit", "fault-tolerant", "foreground", "full-range", "global", "grid-enabled",
    "heuristic", "high-level", "holistic", "homogeneous", "human-resource", "hybrid", "impactful",
    "incremental", "intangible", "interactive", "intermediate", "leading-edge", "local",
    "logistical", "maximized", "methodical", "mission-critical", "mobile", "modular",
    "motivating", "multi-tasking", "national", "needs-based", "neutral", "next-generation",
    "non-volatile", "object-oriented", "optimal", "optimizing", "radical", "real-time",
    "reciprocal", "regional", "responsive", "scalable", "secondary", "stable", "static",
    "system-worthy", "systematic", "tangible", "tertiary", "transitional", "uniform",
    "upward-trending", "user-facing", "value-added", "web-enabled", "well-modulated",
    "zero-tolerance",
  ]

  static let catchNouns = list(
    """
    ability access adapter algorithm alliance analyzer application approach architecture archive
    array artificial-intelligence attitude benchmark budgetary-management capability capacity
    challenge circuit collaboration complexity concept conglomeration contingency core database
    data-warehouse definition emulation encoding encryption extranet firewall flexibility
    focus-group forecast frame framework function functionalities graphic-interface groupware
    hardware help-desk hierarchy hub implementation info-mediaries infrastructure initiative
    installation instruction-set interface internet-solution intranet knowledge-base leverage
    local-area-network matrices matrix methodology middleware migration model moderator monitoring
    moratorium neural-net open-architecture open-system orchestration paradigm parallelism policy
    portal pricing-structure process-improvement product productivity project projection protocol
    secured-line service-desk software solution standardization strategy structure success
    superstructure support synergy system-engine task-force throughput time-frame toolset
    utilisation website workforce
    """)

  static let departments = list(
    """
    Automotive Baby Beauty Books Clothing Computers Electronics Games Garden Grocery Health Home
    Industrial Jewelry Kids Movies Music Outdoors Shoes Sports Tools Toys
    """)

  static let products = list(
    """
    Bacon Ball Bike Car Chair Cheese Chicken Chips Computer Fish Gloves Hat Keyboard Mouse Pants
    Pizza Salad Sausages Shirt Shoes Soap Table Towels Tuna
    """)

  static let productAdjectives = list(
    """
    Awesome Ergonomic Fantastic Generic Gorgeous Handcrafted Handmade Incredible Intelligent
    Licensed Practical Refined Rustic Sleek Small Tasty Unbranded
    """)

  static let materials = list(
    """
    Concrete Cotton Fresh Frozen Granite Metal Plastic Rubber Soft Steel Wooden
    """)

  static let columns = list(
    """
    avatar category comment createdAt email group id name password phone status title token
    updatedAt
    """)

  static let columnTypes = list(
    """
    bigint binary bit blob boolean date datetime decimal double enum float geometry int mediumint
    point real serial set smallint text time timestamp tinyint varchar
    """)

  static let collations = list(
    """
    ascii_bin ascii_general_ci cp1250_bin cp1250_general_ci utf8_bin utf8_general_ci
    utf8_unicode_ci
    """)

  static let engines = list(
    """
    ARCHIVE BLACKHOLE CSV InnoDB MEMORY MyISAM
    """)

  static let months = list(
    """
    January February March April May June July August September October November December
    """)

  static let weekdays = list(
    """
    Sunday Monday Tuesday Wednesday Thursday Friday Saturday
    """)

  static let fileEndings = list(
    """
    csv doc docx gif gz htm html jpeg jpg js json mp3 mp4 mpeg odp ods odt pdf png ppt pptx rtf
    svg tar tiff txt wav webm xls xlsx xml zip
    """)

  static let fileTypes = list(
    """
    application audio font image message model multipart text video x-shader
    """)

  static let commonEndings = list(
    """
    gif html jpeg m2a m2v mp2a mp3 mp4 mp4v mpeg pdf png shtml wav
    """)

  static let commonTypes = list(
    """
    application audio image text video
    """)

  static let folders = list(
    """
    /bin /boot /boot/defaults /dev /etc /etc/defaults /etc/mail /home /home/user /lib /media /mnt
    /net /opt/bin /opt/include /opt/lib /opt/sbin /opt/share /private /private/tmp /private/var
    /proc /root /sbin /selinux /srv /sys /tmp /usr /usr/bin /usr/include /usr/lib /usr/local/bin
    /usr/local/src /usr/obj /usr/sbin /usr/share /usr/src /var /var/log /var/mail /var/spool
    /var/tmp /var/yp
    """)

  static let mediaTypes = list(
    """
    application/gzip application/json application/octet-stream application/pdf application/xml
    application/zip audio/mpeg audio/ogg font/woff2 image/gif image/jpeg image/png image/svg+xml
    image/webp message/rfc822 model/gltf+json text/calendar text/css text/csv text/html
    text/markdown text/plain video/mp4 video/webm
    """)

  static let verbs = [
    "back up", "bypass", "calculate", "compress", "connect", "copy", "generate", "hack", "index",
    "input", "navigate", "override", "parse", "program", "quantify", "reboot", "synthesize",
    "transmit",
  ]

  static let ingVerbs = [
    "backing up", "bypassing", "calculating", "compressing", "connecting", "copying",
    "generating", "hacking", "indexing", "navigating", "overriding", "parsing", "programming",
    "quantifying", "synthesizing", "transmitting",
  ]

  static let latin = list(
    """
    a ab accusamus accusantium ad adipisci alias aliquam amet animi aperiam architecto asperiores
    at atque aut autem beatae blanditiis commodi consectetur consequatur corporis corrupti culpa
    cum cumque cupiditate debitis delectus deleniti deserunt dicta dignissimos distinctio dolor
    dolore dolorem doloribus ducimus ea eaque earum eius eligendi enim eos error esse est et eum
    eveniet ex excepturi exercitationem expedita explicabo facere facilis fuga fugiat fugit harum
    hic id illo illum impedit in inventore ipsa ipsam ipsum iste itaque iure iusto labore
    laboriosam laborum laudantium libero magnam magni maiores maxime minima minus modi molestiae
    mollitia nam natus necessitatibus nemo neque nesciunt nihil nisi nobis non nostrum nulla
    numquam occaecati odio odit officia officiis omnis optio pariatur perferendis perspiciatis
    placeat porro possimus praesentium provident quae quam quas quasi qui quia quibusdam quidem
    quis quisquam quo quod quos ratione recusandae reiciendis rem repellat repellendus
    reprehenderit repudiandae rerum saepe sapiente sed sequi similique sint sit soluta sunt
    suscipit tempora tempore temporibus tenetur totam ullam unde ut vel velit veniam veritatis
    vero vitae voluptas voluptate voluptatem voluptates voluptatibus voluptatum
    """)

  static let cities = [
    "Amsterdam", "Auckland", "Bergen", "Berlin", "Bogotá", "Boston", "Brno", "Busan", "Cairo",
    "Cape Town", "Chicago", "Cork", "Dakar", "Denver", "Dublin", "Genoa", "Ghent", "Graz",
    "Hanoi", "Helsinki", "Izmir", "Kyoto", "Lagos", "Leeds", "Lima", "Lisbon", "Lyon", "Malmö",
    "Milan", "Montreal", "Mumbai", "Nairobi", "Odense", "Osaka", "Oslo", "Porto", "Prague",
    "Quito", "Riga", "Rome", "Seattle", "Seville", "Sofia", "Tallinn", "Toronto", "Turin",
    "Utrecht", "Vienna", "Warsaw", "Zürich",
  ]

  static let countries = [
    "Argentina", "Australia", "Austria", "Belgium", "Brazil", "Canada", "Chile", "China",
    "Colombia", "Croatia", "Denmark", "Egypt", "Estonia", "Finland", "France", "Germany", "Ghana",
    "Greece", "Hungary", "Iceland", "India", "Indonesia", "Ireland", "Italy", "Japan", "Kenya",
    "Latvia", "Lithuania", "Luxembourg", "Malaysia", "Mexico", "Morocco", "Netherlands",
    "New Zealand", "Nigeria", "Norway", "Peru", "Philippines", "Poland", "Portugal", "Romania",
    "Singapore", "Slovakia", "Slovenia", "South Africa", "South Korea", "Spain", "Sweden",
    "Switzerland", "Thailand", "Turkey", "Ukraine", "United Kingdom", "United States of America",
    "Uruguay", "Vietnam",
  ]

  static let userAgents = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
      + " (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
      + " (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120."
      + "0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15"
      + " (KHTML, like Gecko) Mobile/15E148",
  ]

  static let currencies: [(code: String, name: String, symbol: String)] = [
    ("AUD", "Australian Dollar", "$"), ("BRL", "Brazilian Real", "R$"),
    ("CAD", "Canadian Dollar", "$"), ("CHF", "Swiss Franc", "CHF"),
    ("CNY", "Yuan Renminbi", "¥"), ("CZK", "Czech Koruna", "Kč"),
    ("DKK", "Danish Krone", "kr"), ("EUR", "Euro", "€"),
    ("GBP", "Pound Sterling", "£"), ("HUF", "Forint", "Ft"),
    ("ILS", "New Israeli Sheqel", "₪"), ("INR", "Indian Rupee", "₹"),
    ("JPY", "Yen", "¥"), ("KRW", "Won", "₩"),
    ("MXN", "Mexican Peso", "$"), ("NGN", "Naira", "₦"),
    ("NOK", "Norwegian Krone", "kr"), ("NZD", "New Zealand Dollar", "$"),
    ("PLN", "Zloty", "zł"), ("SEK", "Swedish Krona", "kr"),
    ("TRY", "Turkish Lira", "₺"), ("UAH", "Hryvnia", "₴"),
    ("USD", "US Dollar", "$"), ("ZAR", "Rand", "R"),
  ]

  static let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  /// What Bitcoin addresses are written in: no character that could be taken for another.
  static let base58 = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")

  private static func list(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
