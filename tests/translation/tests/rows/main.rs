//! The table of translation cases, row by row and over the wire: what a client sends to the
//! gateway, what exactly the provider then gets, what it answers, and what exactly the client is
//! told. Each row is a file in `cases/`, written by hand from what the table calls correct.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows a test only by its attribute"
)]

mod case;
mod plain;
mod play;

/// A test a row, named as its file is.
macro_rules! rows {
    ($($row:ident)*) => {
        /// The names of all rows' files.
        const ROWS: &[&str] = &[$(stringify!($row)),*];
        $(#[test]
        fn $row() {
            play::row(stringify!($row));
        })*
    };
}

rows! {
    row_01_several_leading_instructions
    row_02_a_later_system_to_messages
    row_03_a_system_within_messages
    row_04_developer
    row_05_limits_of_tokens
    row_06_sampling_to_messages
    row_07_temperature_beside_top_p
    row_08_stop
    row_09_tool_choice
    row_10_one_call_at_a_time
    row_11_a_tool_without_description
    row_12_a_tool_without_parameters
    row_13_calls_without_tools
    row_14_empty_content_beside_calls
    row_15_empty_arguments
    row_16_arguments_that_are_no_json
    row_17_numbers_and_keys_of_arguments
    row_18_several_results
    row_19_ids_outside_the_pattern
    row_20_images_by_data_and_by_url
    row_21_an_image_in_a_result
    row_22_sound_and_unsupported_files
    row_23_several_answers_and_logprobs
    row_24_answers_by_a_schema
    row_25_a_schema_by_way_of_a_tool
    row_26_reasoning_effort
    row_27_thinking_by_budget
    row_28_a_forced_tool_beside_thinking
    row_29_thoughts_sent_back
    row_30_calls_are_numbered_by_themselves
    row_31_a_streamed_call_without_arguments
    row_32_refusals
    row_33_a_full_context_and_a_pause
    row_34_cut_off_in_a_call
    row_35_the_stop_sequence_that_was_met
    row_36_usage_from_messages
    row_37_usage_to_messages
    row_38_figures_of_a_stream_are_totals
    row_39_tokens_at_a_streams_start
    row_40_usage_behind_the_end
    row_41_usage_that_was_not_asked_for
    row_42_a_stream_that_begins_with_a_call
    row_43_name_and_arguments_in_one_chunk
    row_44_parallel_calls_of_a_stream
    row_45_a_result_beside_text
    row_46_consecutive_calls
    row_47_a_message_and_a_call
    row_48_results_as_text_and_as_a_list
    row_49_flat_tools_and_hosted_ones
    row_50_what_is_kept_elsewhere
    row_51_a_truncated_answer
    row_52_the_whole_text_in_the_last_events
    row_53_content_and_numbers_from_0
    row_54_a_character_across_reads
    row_55_a_null_reason
    row_56_a_call_and_a_stop_in_separate_chunks
    row_57_a_thoughts_signature
    row_58_geminis_limit
    row_59_an_encoded_body
    row_60_a_client_that_leaves
}

#[test]
fn every_row_of_the_table_has_its_file_and_every_file_its_test() {
    let mut files: Vec<String> = std::fs::read_dir(case::folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name.starts_with("row_"))
        .collect();
    files.sort();
    assert_eq!(files, ROWS);
    for (index, name) in ROWS.iter().enumerate() {
        assert!(
            name.starts_with(&format!("row_{:02}_", index + 1)),
            "{name}"
        );
    }
}
