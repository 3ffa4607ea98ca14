// Rows that are pictures: the channels of a pixel side by side, pixel by pixel, line by line.
#pragma once

#include "arena.hpp"
#include "learned_activations.hpp"
#include "pass.hpp"

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rosenblatt {

// Of height and width.
struct Sides {
    int height, width;
    int pixels() const { return height * width; }
};

struct Picture {
    int height = 0, width = 0, channels = 0;
    int pixels() const { return height * width; }
    int size() const { return pixels() * channels; }
    int line() const { return width * channels; } // numbers of a line of pixels
};

struct ReshapeSpec {
    int height, width, channels;
};
struct FlattenSpec {};

// Where a window lies in a picture with a border of `padding` pixels, and the picture that has a pixel for
// each place.
inline Picture places_of(const Picture &in, const Sides &window, const Sides &stride, const Sides &padding,
                         int channels) {
    constexpr int most = 1 << 15; // so that no sum here overflows
    for (const Sides &sides : {window, stride})
        if (sides.height < 1 || sides.width < 1 || sides.height >= most || sides.width >= most)
            throw std::invalid_argument("a window has sides and steps of 1 or more");
    if (padding.height < 0 || padding.width < 0 || padding.height >= most || padding.width >= most)
        throw std::invalid_argument("a border has 0 pixels or more");
    const int down = in.height + 2 * padding.height - window.height;
    const int right = in.width + 2 * padding.width - window.width;
    if (down < 0 || right < 0) throw std::invalid_argument("a window is larger than its picture");
    const Picture out{down / stride.height + 1, right / stride.width + 1, channels};
    if (double(out.pixels()) * channels > double(1 << 28))
        throw std::length_error("the network is too large");
    return out;
}

// A layer for which every pixel is a row, and the channels are its units.
template <class T, class L> struct PixelRows {
    static constexpr bool in_place = L::in_place, gradient_in_place = L::gradient_in_place;
    int n_outputs, pixels;
    L layer;

    std::vector<ParameterRange> parameters() const { return layer.parameters(); }
    std::size_t saved_size(int rows) const { return layer.saved_size(of_pixels(rows)); }

    void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const { layer.forward(of_pixels(pass), x, y); }
    void backward(const Pass<T> &pass, const Rows<T> &x, const T *y, T *dy, T *dx) const {
        layer.backward(of_pixels(pass), x, y, dy, dx);
    }

    void local_moments(const Pass<T> &pass, const T *x) const
        requires requires { &L::local_moments; }
    {
        layer.local_moments(of_pixels(pass), x);
    }
    void local_sums(const Pass<T> &pass, const T *x, const T *y, T *dy) const {
        layer.local_sums(of_pixels(pass), x, y, dy);
    }
    void no_rows(const Workspace<T> &space) const { layer.no_rows(space); }
    void update_running_statistics(const std::vector<Workspace<T>> &tasks, T *state) const {
        layer.update_running_statistics(tasks, state);
    }

  private:
    int of_pixels(int rows) const {
        if (rows > std::numeric_limits<int>::max() / pixels) throw OutOfMemory(double(rows) * n_outputs);
        return rows * pixels;
    }
    Pass<T> of_pixels(Pass<T> pass) const {
        pass.rows = of_pixels(pass.rows);
        pass.row *= pixels;
        return pass;
    }
};

} // namespace rosenblatt
