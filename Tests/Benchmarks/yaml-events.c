// The yardstick for the YAML reader: libyaml's events, and nothing done with them.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yaml.h>

int main(int count, char **words) {
  if (count != 3) return 2;
  FILE *file = fopen(words[1], "rb");
  if (!file) return 3;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  unsigned char *text = malloc(size);
  if (fread(text, 1, size, file) != (size_t)size) return 3;
  double best = 1e18;
  long events = 0;
  for (int round = 0; round < atoi(words[2]); round++) {
    struct timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, text, size);
    events = 0;
    for (int done = 0; !done;) {
      if (!yaml_parser_parse(&parser, &event)) return 4;
      done = event.type == YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
      events++;
    }
    yaml_parser_delete(&parser);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    double time = (end.tv_sec - start.tv_sec) * 1e6 + (end.tv_nsec - start.tv_nsec) / 1e3;
    if (time < best) best = time;
  }
  printf("%f %ld\n", best, events);
  return 0;
}
