#pragma once

#include <libxml/xmlversion.h>

// Where libxml2 is built with ICU, its headers pull in the system's ICU, whose types clash with
// those inside Foundation. The converters they describe are nothing that we touch.
#undef LIBXML_ICU_ENABLED

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
