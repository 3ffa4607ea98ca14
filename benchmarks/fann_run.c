/* Seconds of fann_run over rows: fann_run NET ROWS OUTPUTS, files of doubles.

   Prints the seconds on the wall and those of the processor; the outputs are for a comparison. */
#include <doublefann.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    struct fann *ann = argc == 4 ? fann_create_from_file(argv[1]) : NULL;
    FILE *in = ann ? fopen(argv[2], "rb") : NULL;
    if (!in) return 1;
    size_t n_in = fann_get_num_input(ann), n_out = fann_get_num_output(ann);
    fseek(in, 0, SEEK_END);
    size_t n = ftell(in) / sizeof(double) / n_in;
    double *x = malloc(n * n_in * sizeof *x), *y = malloc(n * n_out * sizeof *y);
    rewind(in);
    if (!x || !y || fread(x, sizeof *x, n * n_in, in) != n * n_in) return 1;
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    clock_t cpu = clock();
    for (size_t k = 0; k < n; k++)
        memcpy(y + k * n_out, fann_run(ann, x + k * n_in), n_out * sizeof *y);
    cpu = clock() - cpu;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    FILE *out = fopen(argv[3], "wb");
    if (!out || fwrite(y, sizeof *y, n * n_out, out) != n * n_out || fclose(out)) return 1;
    printf("%.6f %.6f\n",
           ended.tv_sec - begun.tv_sec + (ended.tv_nsec - begun.tv_nsec) / 1e9,
           (double)cpu / CLOCKS_PER_SEC);
    return 0;
}
