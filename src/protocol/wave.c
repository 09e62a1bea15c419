#include <math.h>
#include <string.h>

#include "protocol/rigid.h"

double stf_wave_share(const stf_wave *wave, double time) {
  const double passed = (time - wave->start) / wave->period;
  if (!(passed > 0.0) || passed >= (double)wave->cycles) return 0.0;
  const double part = passed - floor(passed);
  if (part < wave->rise) return part / wave->rise;
  if (part <= wave->fall) return 1.0;
  return part < wave->rest ? (wave->rest - part) / (wave->rest - wave->fall) : 0.0;
}

double stf_wave_cycles(const stf_protocol *protocol, double time) {
  double cycles = 0.0;
  for (size_t w = 0; w < protocol->waves; w++) {
    const stf_wave *wave = protocol->wave[w];
    cycles += fmin(fmax((time - wave->start) / wave->period, 0.0), (double)wave->cycles);
  }
  return cycles;
}

static stf_status add(stf_protocol *protocol, const stf_wave *wave, const stf_wave ***list, size_t *count) {
  const stf_wave **more = stf_protocol_grown(protocol->arena, *list, *count, sizeof *more);
  if (!more) return STF_NO_RESOURCE;
  more[(*count)++] = wave;
  *list = more;
  return STF_OK;
}

/* Into the list of all waves and one more. */
static stf_status add_to_both(stf_protocol *protocol, const stf_wave *from, const stf_wave ***list, size_t *count) {
  stf_wave *wave = stf_arena_alloc(protocol->arena, sizeof *wave);
  if (!wave) return STF_NO_RESOURCE;
  *wave = *from;
  STF_TRY(add(protocol, wave, list, count));
  return add(protocol, wave, &protocol->wave, &protocol->waves);
}

stf_status stf_protocol_wave_load(stf_protocol *protocol, const stf_face *face, stf_load_kind kind,
                                  const stf_wave *wave) {
  stf_load *load;
  STF_TRY(stf_protocol_load_on(protocol, face, kind, &load));
  return add_to_both(protocol, wave, &load->wave, &load->waves);
}

stf_status stf_protocol_wave_grip(stf_protocol *protocol, stf_grip *grip, const stf_wave *wave) {
  return add_to_both(protocol, wave, &grip->wave, &grip->waves);
}
