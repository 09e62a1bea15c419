#include "protocol/vocabulary.h"

#include "anatomy/generator.h"
#include "element/element.h"
#include "protocol/glide.h"
#include "protocol/measure.h"
#include "protocol/tools.h"

const stf_vocabulary stf_striffin_vocabulary = {
    .generators = &stf_generators,
    .elements = stf_element_names,
    .tools = &stf_tools,
    .adhesions = &stf_adhesions,
    .activities = &stf_activities,
    .measures = &stf_measures,
};
