#ifndef ASSAY_CIDN2_SHIM_H
#define ASSAY_CIDN2_SHIM_H

#include <idn2.h>

#endif
