// How a member (an activation, a loss, an optimiser, …) tells its name and its ordered fields,
// and how a catalogue of members builds one from the name and the values of its fields.
#pragma once

#include <array>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// Fields are numbers or flags; both travel as double.
template <class Member> struct Field {
    const char *name;
    double Member::*at;
};

template <class Member> inline constexpr std::array<Field<Member>, 0> no_fields{};

// The one field of a member that takes a list of numbers, and makes itself of them by `from`.
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
        for (std::size_t i = 0; i < Member::fields.size(); ++i)
            member.*(Member::fields[i].at) = spec.values[i];
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
