# embed.cmake - cmake -DOUTPUT=… -DFILES=a;b -P embed.cmake: scenario files as C arrays (templates.h).
# A script and not a program, so that cross builds need no second compiler.
set(arrays "")
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME_WE)
  string(MAKE_C_IDENTIFIER "${name}" id)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n"
         bytes "${bytes}")
  string(APPEND arrays "static const unsigned char ${id}_text[] = {\n${bytes}\n};\n")
  string(APPEND rows "    {\"${name}\", ${id}_text, sizeof ${id}_text},\n")
endforeach()
file(WRITE "${OUTPUT}" "/* made by embed.cmake from scenarios/templates; not to be edited */
#include \"templates.h\"

${arrays}
const struct template templates[] = {
${rows}};
const size_t n_templates = sizeof templates / sizeof *templates;
")
