#ifndef ASSAY_CPSL_SHIM_H
#define ASSAY_CPSL_SHIM_H

#include <libpsl.h>

#endif
