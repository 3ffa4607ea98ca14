/* Writes networks by FANN and what fann_run makes of rows, as JSON, to the folder of argv[1].

   Debian's libfann-dev 2.2.0:
       gcc make_fann.c -o make_fann -ldoublefann -lm && ./make_fann .
       gcc -DFLOAT make_fann.c -o make_fann -lfloatfann -lm && ./make_fann .
*/
#ifdef FLOAT
#include <floatfann.h>
#else
#include <doublefann.h>
#endif
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[400];

static double draw(void) { return 2.0 * rand() / RAND_MAX - 1; }

/* Random weights, so that no unit is idle; then the file, read again, as its owner would. */
static struct fann *saved(struct fann *ann, const char *name)
{
    char path[500];
    snprintf(path, sizeof path, "%s/%s.net", folder, name);
    fann_save(ann, path);
    fann_destroy(ann);
    return fann_create_from_file(path);
}

static void weights(struct fann *ann, double size)
{
    unsigned n = fann_get_total_connections(ann);
    struct fann_connection *c = malloc(n * sizeof *c);
    fann_get_connection_array(ann, c);
    for (unsigned k = 0; k < n; k++) c[k].weight = size * draw();
    fann_set_weight_array(ann, c, n);
    free(c);
}

static void predict(struct fann *ann, const char *name, int scaled)
{
    char path[500];
    unsigned n_in = fann_get_num_input(ann), n_out = fann_get_num_output(ann);
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    FILE *f = fopen(path, "w");
    fprintf(f, "{\"made_by\": \"FANN 2.2.0\", \"type\": \"%s\", \"rows\": [", sizeof(fann_type) == 4 ? "float" : "double");
    const double sizes[] = {0, 1, 1, 1, 1, 1, 3, 3, 10, 100, 1e4, 1e7, -1};
    for (unsigned r = 0; r < sizeof sizes / sizeof *sizes; r++) {
        fann_type x[20];
        fprintf(f, "%s\n{\"x\": [", r ? "," : "");
        for (unsigned k = 0; k < n_in; k++) {
            x[k] = sizes[r] < 0 ? (k + 1) * 0.25 : sizes[r] * draw();
            fprintf(f, "%s%.17g", k ? ", " : "", (double)x[k]);
        }
        if (scaled) fann_scale_input(ann, x);
        fann_type *y = fann_run(ann, x);
        if (scaled) fann_descale_output(ann, y);
        fprintf(f, "], \"y\": [");
        for (unsigned k = 0; k < n_out; k++) fprintf(f, "%s%.17g", k ? ", " : "", (double)y[k]);
        fprintf(f, "]}");
    }
    fprintf(f, "\n]}\n");
    fclose(f);
}

static void done(struct fann *ann, const char *name, int scaled)
{
    ann = saved(ann, name);
    predict(ann, name, scaled);
    fann_destroy(ann);
}

int main(int argc, char **argv)
{
    snprintf(folder, sizeof folder, "%s", argc > 1 ? argv[1] : ".");
    srand(1);
#ifdef FLOAT
    struct fann *single = fann_create_standard(4, 3, 5, 4, 2);
    weights(single, 1.5);
    fann_set_activation_function_hidden(single, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(single, FANN_SIGMOID);
    done(single, "single", 0);
#else
    struct fann *defaults = fann_create_standard(3, 2, 6, 1);
    weights(defaults, 2);
    done(defaults, "defaults", 0);

    struct fann *classes = fann_create_standard(4, 4, 6, 5, 3);
    weights(classes, 1.5);
    fann_set_activation_function_hidden(classes, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(classes, FANN_SIGMOID);
    fann_set_activation_steepness_hidden(classes, 0.3);
    done(classes, "classes", 0);

    struct fann *linear = fann_create_standard(3, 3, 5, 1);
    weights(linear, 40);
    fann_set_activation_function_hidden(linear, FANN_SIGMOID_SYMMETRIC_STEPWISE);
    fann_set_activation_function_output(linear, FANN_LINEAR);
    done(linear, "linear", 0);

    /* The layers of one activation each, and what a cut-off at 150 over the steepness does. */
    for (int g = 0; g < 18; g++) {
        if (g == FANN_THRESHOLD || g == FANN_THRESHOLD_SYMMETRIC || g == FANN_GAUSSIAN_STEPWISE) continue;
        char name[40];
        snprintf(name, sizeof name, "activation_%d", g);
        struct fann *one = fann_create_standard(3, 2, 3, 2);
        weights(one, 1);
        fann_set_activation_function_hidden(one, g);
        fann_set_activation_function_output(one, g);
        fann_set_activation_steepness_hidden(one, 0.75);
        fann_set_activation_steepness_output(one, 1.25);
        done(one, name, 0);
    }
    struct fann *steep = fann_create_standard(3, 2, 4, 1);
    weights(steep, 1);
    fann_set_activation_function_hidden(steep, FANN_SIGMOID);
    fann_set_activation_function_output(steep, FANN_ELLIOT_SYMMETRIC);
    fann_set_activation_steepness_hidden(steep, 40);
    fann_set_activation_steepness_output(steep, 12);
    done(steep, "steep", 0);

    struct fann *sparse = fann_create_sparse(0.6, 3, 5, 7, 2);
    weights(sparse, 1.5);
    fann_set_activation_function_hidden(sparse, FANN_GAUSSIAN);
    fann_set_activation_function_output(sparse, FANN_SIN_SYMMETRIC);
    done(sparse, "sparse", 0);

    struct fann *shortcut = fann_create_shortcut(4, 3, 4, 3, 2);
    weights(shortcut, 1);
    fann_set_activation_function_hidden(shortcut, FANN_SIGMOID);
    fann_set_activation_function_output(shortcut, FANN_LINEAR);
    done(shortcut, "shortcut", 0);

    struct fann *mixed = fann_create_standard(4, 3, 5, 3, 2);
    weights(mixed, 1);
    const int kinds[] = {FANN_SIGMOID, FANN_ELLIOT, FANN_GAUSSIAN, FANN_LINEAR, FANN_SIGMOID};
    for (int k = 0; k < 5; k++) fann_set_activation_function(mixed, kinds[k], 1, k);
    for (int k = 0; k < 5; k++) fann_set_activation_steepness(mixed, 0.2 + 0.3 * k, 1, k);
    fann_set_activation_function_layer(mixed, FANN_SIGMOID_SYMMETRIC, 2);
    fann_set_activation_function_layer(mixed, FANN_SIGMOID, 3);
    done(mixed, "mixed", 0);

    /* Trained on scaled data, and grown. */
    struct fann_train_data *data = fann_create_train(60, 2, 1);
    for (int r = 0; r < 60; r++) {
        double a = data->input[r][0] = 50 + 20 * draw(), b = data->input[r][1] = 3 * draw();
        data->output[r][0] = 1000 + 10 * a * sin(b) + 20 * b;
    }
    struct fann *trained = fann_create_standard(3, 2, 6, 1);
    fann_set_activation_function_hidden(trained, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(trained, FANN_LINEAR);
    fann_set_scaling_params(trained, data, -1, 1, -0.9, 0.9);
    fann_scale_train(trained, data);
    fann_train_on_data(trained, data, 200, 0, 0);
    done(trained, "scaled", 1);

    struct fann *grown = fann_create_shortcut(2, 2, 1);
    fann_set_training_algorithm(grown, FANN_TRAIN_RPROP);
    fann_cascadetrain_on_data(grown, data, 6, 0, 0);
    done(grown, "cascade", 0);

    const int thresholds[] = {FANN_THRESHOLD, FANN_THRESHOLD_SYMMETRIC};
    for (int k = 0; k < 2; k++) {
        char name[40];
        snprintf(name, sizeof name, "activation_%d", thresholds[k]);
        struct fann *step = fann_create_standard(3, 2, 3, 2);
        weights(step, 1);
        fann_set_activation_function_hidden(step, thresholds[k]);
        fann_set_activation_function_output(step, thresholds[k]);
        done(step, name, 0);
    }
#endif
    return 0;
}
