#ifndef ASSAY_CPCRE2_SHIM_H
#define ASSAY_CPCRE2_SHIM_H

// The header refuses to be read before the width of a code unit is chosen.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
