// A member (an activation, a loss, an optimiser, …) declares its name and its ordered fields; a catalogue
// builds one from its name and the values of its fields.
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// Fields are numbers or flags; both cross the binding as double.
template <class Member> struct Field {
    const char *name;
    bool (*holds)(double); // whether it is of the field's type
    void (*set)(Member &, double);
};

// Beyond an integer's range a conversion is undefined.
template <class Value> bool holds(double value) {
    if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
        const double beyond = std::ldexp(1.0, std::numeric_limits<Value>::digits);
        return std::trunc(value) == value && value < beyond &&
               value >= (std::is_signed_v<Value> ? -beyond : 0.0);
    }
    return true;
}

template <auto at, class Member> void set_field(Member &member, double value) {
    using Value = std::remove_reference_t<decltype(member.*at)>;
    member.*at = Value(value); // of a flag: whether it is not 0
}

template <class Value, class Member> Member member_of(Value Member::*);
template <class Value, class Member> Value value_of(Value Member::*);

// field<&Adam::lr>("lr")
template <auto at> constexpr auto field(const char *name) {
    using Member = decltype(member_of(at));
    return Field<Member>{name, &holds<decltype(value_of(at))>, &set_field<at, Member>};
}

template <class Member> inline constexpr std::array<Field<Member>, 0> no_fields{};

// The only field of a member that consists of a list of numbers, from which its `from` builds it.
struct ListField {
    const char *name;
};

struct Entry {
    std::string name;
    std::vector<std::string> fields;
};

struct MemberSpec {
    std::string name;
    std::vector<double> values;
};

template <class Member> Member build(const MemberSpec &spec) {
    if constexpr (requires { Member::from(spec.values); }) {
        return Member::from(spec.values);
    } else {
        if (spec.values.size() != Member::fields.size())
            throw std::invalid_argument(spec.name + " takes another number of fields");
        Member member;
        for (std::size_t i = 0; i < Member::fields.size(); ++i) {
            const auto &wanted = Member::fields[i];
            if (!wanted.holds(spec.values[i]))
                throw std::invalid_argument(spec.name + " takes a whole number for " + wanted.name);
            wanted.set(member, spec.values[i]);
        }
        return member;
    }
}

template <class Variant> struct Catalogue;

template <class... Members> struct Catalogue<std::variant<Members...>> {
    static std::variant<Members...> make(const MemberSpec &spec) {
        std::variant<Members...> made;
        bool known = ((spec.name == Members::name && (made = build<Members>(spec), true)) || ...);
        if (!known) throw std::invalid_argument("the engine has no member named " + spec.name);
        return made;
    }

    static std::vector<Entry> list() { return {entry<Members>()...}; }

  private:
    template <class Member> static Entry entry() {
        Entry e{Member::name, {}};
        for (const auto &field : Member::fields) e.fields.emplace_back(field.name);
        return e;
    }
};

} // namespace rosenblatt
